import { dictionary } from './dictionary.ts'

export const t = dictionary({
  id: {
    position: '{time} dari {duration}',
    seek: 'Posisi',
    back: 'Mundur 10 detik',
    forward: 'Maju 10 detik',
    captions: 'Takarir',
    captionsOff: 'Tanpa takarir',
    chapters: 'Bab',
    toChapter: 'Lompat ke {label}, {time}',
  },
  en: {
    position: '{time} of {duration}',
    seek: 'Position',
    back: 'Back 10 seconds',
    forward: 'Forward 10 seconds',
    captions: 'Captions',
    captionsOff: 'No captions',
    chapters: 'Chapters',
    toChapter: 'Jump to {label}, {time}',
  },
})
