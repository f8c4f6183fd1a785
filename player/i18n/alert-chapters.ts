import { dictionary } from './dictionary.ts'

export const t = dictionary({
  id: {
    title: 'Bab dari alert',
    text: 'Donasi yang tampil di siaran, yang terbesar dulu, paling banyak {max}. Yang dikembalikan atau disembunyikan hilang sendiri.',
    from: 'Alert yang menjadi bab rekaman',
    fromHint: 'Nama dan jumlahnya tampil di daftar bab.',
    none: 'Tidak ada',
    fromAmount: 'Mulai {amount}',
    nothing: 'Tidak ada alert sebesar itu di rekaman ini.',
  },
  en: {
    title: 'Chapters from alerts',
    text: 'Donations that the broadcast showed, the largest first, {max} at most. What is given back or hidden goes by itself.',
    from: 'Alerts that become chapters of the recording',
    fromHint: 'Their name and amount are in the list of chapters.',
    none: 'None',
    fromAmount: 'From {amount}',
    nothing: 'No alert of this recording is so large.',
  },
})
