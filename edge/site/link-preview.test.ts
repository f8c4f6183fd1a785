import { expect, test } from 'vitest'
import { channelPreview, type PreviewedVideo, videoPreview } from './link-preview.ts'

const CHANNEL = {
  slug: 'budi',
  title: 'Budi',
  memo: 'Setiap  Selasa\npagi',
  linkPictureUrl: '/files/1',
  isLive: false,
  visibility: 'public',
} as const
const SITE = { name: 'Panggung', publicUrl: 'https://tv.example' }
const pictures = (html: string): string[] =>
  [...html.matchAll(/"og:image" content="([^"]*)"/g)].map(([, url]) => url ?? '')

test('a link shows the picture on air, and the one that was drawn for the channel', () => {
  expect(pictures(channelPreview({ ...CHANNEL, isLive: true }, SITE, ''))).toEqual([
    'https://tv.example/live/budi/still.jpg',
    'https://tv.example/files/1',
  ])
  expect(pictures(channelPreview(CHANNEL, SITE, ''))).toEqual(['https://tv.example/files/1'])
  expect(pictures(channelPreview({ ...CHANNEL, linkPictureUrl: null }, SITE, ''))).toEqual([
    'https://tv.example/link-preview.png',
  ])
  expect(channelPreview(CHANNEL, SITE, '')).toContain('og:description" content="Setiap Selasa pagi"')
  expect(channelPreview(CHANNEL, { ...SITE, publicUrl: '' }, '')).not.toContain('og:url')
})

test('a link to the donation page says what it is for, with the picture of the streamer also on air', () => {
  const preview = channelPreview({ ...CHANNEL, isLive: true }, SITE, '/donate')
  expect(preview).toContain('https://tv.example/c/budi/donate')
  expect(preview).toContain('og:title" content="Donasi untuk Budi"')
  expect(pictures(preview)).toEqual(['https://tv.example/files/1'])
})

test('a title cannot leave its attribute', () => {
  const title = `"><script>alert('x')</script>&`
  expect(channelPreview({ ...CHANNEL, title }, SITE, '')).toContain(
    'content="&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;"',
  )
})

test('a link to what is not for everybody shows no picture of it, and search engines leave it alone', () => {
  const hidden = channelPreview({ ...CHANNEL, isLive: true, visibility: 'members' }, SITE, '')
  expect(hidden).not.toContain('still.jpg')
  expect(hidden).not.toContain('Selasa')
  expect(hidden).toContain('noindex')
  expect(channelPreview({ ...CHANNEL, visibility: 'unlisted' }, SITE, '')).toContain('noindex')
  expect(channelPreview(CHANNEL, SITE, '')).not.toContain('noindex')
})

test('a link to a video shows its title and a picture of it', () => {
  const video: PreviewedVideo = {
    id: '01J00000000000000000000000',
    title: 'Gizi',
    description: '',
    pictureUrl: '/files/01J00000000000000000000001',
    visibility: 'public',
    channel: { title: 'Budi', linkPictureUrl: null },
  }
  expect(videoPreview(video, SITE)).toContain('og:title" content="Gizi · Budi"')
  expect(pictures(videoPreview(video, SITE))).toEqual([
    'https://tv.example/files/01J00000000000000000000001',
    'https://tv.example/link-preview.png',
  ])
  expect(videoPreview({ ...video, visibility: 'members' }, SITE)).not.toMatch(/files|Gizi/)
  expect(videoPreview({ ...video, title: '' }, SITE)).toContain('og:title" content="Budi"')
})
