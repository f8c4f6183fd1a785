import { expect, test } from 'vitest'
import { linkPreview } from './link-preview.ts'

const CHANNEL = {
  slug: 'budi',
  title: 'Budi',
  memo: 'Setiap  Selasa\npagi',
  bannerUrl: '/files/1',
  isLive: false,
  visibility: 'public',
} as const
const SITE = { name: 'Panggung', publicUrl: 'https://tv.example' }

test('a link shows the picture on air, else the banner', () => {
  expect(linkPreview({ ...CHANNEL, isLive: true }, SITE)).toContain(
    '<meta property="og:image" content="https://tv.example/live/budi/still.jpg">',
  )
  expect(linkPreview(CHANNEL, SITE)).toContain('content="https://tv.example/files/1"')
  expect(linkPreview({ ...CHANNEL, bannerUrl: null }, SITE)).toContain('tv.example/link-preview.png')
  expect(linkPreview(CHANNEL, SITE)).toContain('og:description" content="Setiap Selasa pagi"')
  expect(linkPreview(CHANNEL, SITE, '/donate')).toContain('https://tv.example/c/budi/donate')
  expect(linkPreview(CHANNEL, { ...SITE, publicUrl: '' })).not.toContain('og:url')
})

test('a title cannot leave its attribute', () => {
  const title = `"><script>alert('x')</script>&`
  expect(linkPreview({ ...CHANNEL, title }, SITE)).toContain(
    'content="&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;"',
  )
})

test('a link to what is not for everybody shows no picture of it, and search engines leave it alone', () => {
  const hidden = linkPreview({ ...CHANNEL, isLive: true, visibility: 'members' }, SITE)
  expect(hidden).not.toContain('still.jpg')
  expect(hidden).toContain('noindex')
  expect(linkPreview({ ...CHANNEL, visibility: 'unlisted' }, SITE)).toContain('noindex')
  expect(linkPreview(CHANNEL, SITE)).not.toContain('noindex')
})
