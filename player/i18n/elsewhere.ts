import { dictionary } from './dictionary.ts'

/** The link of a streamer who broadcasts elsewhere. */
export const t = dictionary({
  id: { title: 'Siaran kanal ini ada di {place}', watch: 'Tonton di {place}' },
  en: { title: 'This channel broadcasts on {place}', watch: 'Watch on {place}' },
})
