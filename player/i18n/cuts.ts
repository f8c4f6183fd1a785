import { dictionary } from './dictionary.ts'

export const t = dictionary({
  id: {
    cutTitle: 'Potong awal dan akhir',
    cutText:
      'Potongan jatuh di batas beberapa detik di sekitarnya. Tidak ada yang dihapus; Anda dapat mengembalikannya kapan saja.',
    start: 'Mulai dari',
    end: 'Sampai',
    timeHint: 'menit:detik, misalnya 1:30',
    timeWrong: 'Tulis sebagai menit:detik, misalnya 1:30, sebelum akhir video.',
    undo: 'Kembalikan utuh',
    saved: 'Video dipotong. Penonton melihatnya dalam satu menit.',
    undone: 'Video utuh kembali',
    isCut: 'Dipotong',
    download: 'Unduh MP4',
    allow: 'Penonton boleh mengunduh',
    allowHint: 'Siapa pun yang dapat menontonnya dapat menyimpan berkasnya.',
    save: 'Potong',
  },
  en: {
    cutTitle: 'Cut the start and the end',
    cutText:
      'The cut falls on a border some seconds around. Nothing is deleted; you can undo it at any time.',
    start: 'From',
    end: 'To',
    timeHint: 'minutes:seconds, such as 1:30',
    timeWrong: 'Write minutes:seconds, such as 1:30, before the end of the video.',
    undo: 'Undo the cut',
    saved: 'The video is cut. Viewers see it within a minute.',
    undone: 'The video is whole again',
    isCut: 'Cut',
    download: 'Download MP4',
    allow: 'Viewers may download it',
    allowHint: 'Whoever may watch it can keep the file.',
    save: 'Cut',
  },
})
