import { expect, test } from 'vitest'
import { createTestPlatform } from '../runtimes/node/test-platform.ts'
import { originFiles } from './origin-files.ts'
import { studioPage } from './studio-entry.ts'

test('a video that was deleted in the midst of a request is not found, which is nobody’s fault', async () => {
  const platform = await createTestPlatform()
  try {
    const gone = '01jd3v2k8m0000000000000001'
    await expect(studioPage(platform.database, gone)).rejects.toMatchObject({ code: 'not_found' })
    const ask = originFiles(platform)(gone, {
      path: `/download/${gone}`,
      withinMs: 1000,
      lane: 'picture',
      signal: new AbortController().signal,
    })
    await expect(ask).rejects.toMatchObject({ code: 'not_found' })
  } finally {
    await platform.close()
  }
})
