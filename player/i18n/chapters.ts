import { dictionary } from './dictionary.ts'

export const t = dictionary({
  id: {
    title: 'Bab',
    text: 'Tampil di bilah pemutar dan di bawah video. Yang dimulai di bagian terpotong tidak terlihat penonton.',
    none: 'Belum ada bab.',
    add: 'Tambah bab di sini',
    label: 'Nama bab pada {time}',
    newLabel: 'Bab {number}',
    jump: 'Lihat {time}',
    remove: 'Hapus bab {label}, {time}',
    isCutOff: 'terpotong',
    full: 'Paling banyak {max} bab.',
    save: 'Simpan bab',
    saved: 'Bab disimpan',
    unsaved: 'Belum disimpan',
  },
  en: {
    title: 'Chapters',
    text: 'Shown on the bar of the player and below the video. Viewers do not see those that begin in what was cut off.',
    none: 'No chapters yet.',
    add: 'Add a chapter here',
    label: 'Name of the chapter at {time}',
    newLabel: 'Chapter {number}',
    jump: 'See {time}',
    remove: 'Delete the chapter {label}, {time}',
    isCutOff: 'cut off',
    full: '{max} chapters at most.',
    save: 'Save chapters',
    saved: 'Chapters saved',
    unsaved: 'Not saved yet',
  },
})
