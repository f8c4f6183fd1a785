import { dictionary } from './dictionary.ts'

export const t = dictionary({
  id: {
    label: 'Nama momen',
    hint: 'Menjadi bab rekaman setelah siaran. Tombol B menandai dari mana saja di halaman ini.',
    mark: 'Tandai momen',
    unnamed: 'Momen {time}',
    marked: 'Momen ditandai pada {time}',
  },
  en: {
    label: 'Name of the moment',
    hint: 'Becomes a chapter of the recording after the broadcast. The key B marks from anywhere on this page.',
    mark: 'Mark moment',
    unnamed: 'Moment {time}',
    marked: 'Moment marked at {time}',
  },
})
