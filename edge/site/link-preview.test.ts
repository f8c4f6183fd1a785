import { expect, test } from 'vitest'
import { linkPreview } from './link-preview.ts'

const CHANNEL = { slug: 'budi', title: 'Budi', bannerUrl: '/files/1', isLive: false }
const SITE = { name: 'Panggung', publicUrl: 'https://tv.example' }

test('a link shows the picture on air, else the banner', () => {
  expect(linkPreview({ ...CHANNEL, isLive: true }, SITE)).toContain(
    '<meta property="og:image" content="https://tv.example/live/budi/still.jpg">',
  )
  expect(linkPreview(CHANNEL, SITE)).toContain('content="https://tv.example/files/1"')
  expect(linkPreview({ ...CHANNEL, bannerUrl: null }, SITE)).not.toContain('og:image')
  expect(linkPreview(CHANNEL, { ...SITE, publicUrl: '' })).not.toContain('og:url')
})

test('a title cannot leave its attribute', () => {
  const title = `"><script>alert('x')</script>&`
  expect(linkPreview({ ...CHANNEL, title }, SITE)).toContain(
    'content="&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;"',
  )
})
