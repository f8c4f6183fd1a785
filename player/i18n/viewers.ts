import { dictionary } from './dictionary.ts'

/** How many watch, wherever it is said. */
export const t = dictionary({
  id: {
    viewer: '{count} penonton',
    viewers: '{count} penonton',
    title: 'Penonton',
    of: '{count} dari {max}',
    peak: 'Puncak penonton',
  },
  en: {
    viewer: '{count} viewer',
    viewers: '{count} viewers',
    title: 'Viewers',
    of: '{count} of {max}',
    peak: 'Peak viewers',
  },
})
