/** Unit tests share modules from file to file: what the one chose for its page ends with it. */
import { afterAll, vi } from 'vitest'
import { setLanguage } from '../../player/i18n/language.ts'

afterAll(() => {
  vi.useRealTimers()
  vi.stubGlobal('document', { documentElement: {} })
  setLanguage('id')
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})
