import { dictionary } from './dictionary.ts'

export const t = dictionary({
  id: {
    position: '{time} dari {duration}',
    seek: 'Posisi',
    captions: 'Takarir',
    captionsOff: 'Tanpa takarir',
    speed: 'Kecepatan',
    speedNormal: 'Normal (1×)',
    chapters: 'Bab',
    toChapter: 'Lompat ke {label}, {time}',
  },
  en: {
    position: '{time} of {duration}',
    seek: 'Position',
    captions: 'Captions',
    captionsOff: 'No captions',
    speed: 'Speed',
    speedNormal: 'Normal (1×)',
    chapters: 'Chapters',
    toChapter: 'Jump to {label}, {time}',
  },
})
