import { dictionary } from './dictionary.ts'

export const t = dictionary({
  id: {
    position: '{time} dari {duration}',
    seek: 'Posisi',
    captions: 'Takarir',
    captionsOff: 'Tanpa takarir',
    chapters: 'Bab',
    toChapter: 'Lompat ke {label}, {time}',
  },
  en: {
    position: '{time} of {duration}',
    seek: 'Position',
    captions: 'Captions',
    captionsOff: 'No captions',
    chapters: 'Chapters',
    toChapter: 'Jump to {label}, {time}',
  },
})
