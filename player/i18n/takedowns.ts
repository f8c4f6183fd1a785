import { dictionary } from './dictionary.ts'

/** Videos as admins look after them. */
export const t = dictionary({
  id: {
    tab: 'Video',
    search: 'Cari judul atau kanal, atau tempel tautan video',
    emptyTitle: 'Tidak ada video',
    emptyText: 'Video yang terbit dan yang diturunkan tampil di sini. Draf hanya dilihat kanalnya.',
    isTakenDown: 'Diturunkan',
    reasonIs: 'Alasan: {reason}',
    takeDown: 'Turunkan',
    takeDownOf: 'Turunkan “{title}”?',
    takeDownText:
      'Dalam beberapa detik video ini tidak dapat ditonton atau diunduh siapa pun selain kanalnya, dan kanalnya tidak dapat menerbitkannya. Berkasnya tetap ada.',
    takenDown: 'Video diturunkan',
    restore: 'Pulihkan',
    restoreOf: 'Pulihkan “{title}”?',
    restoreText: 'Video terbit lagi bila tadinya terbit. Kanalnya dapat mengaturnya sendiri lagi.',
    restored: 'Video dipulihkan',
    reason: 'Alasan',
    reasonHint: 'Pemilik kanal ikut membacanya, dan ini tercatat di log.',
  },
  en: {
    tab: 'Videos',
    search: 'Search a title or channel, or paste a link to a video',
    emptyTitle: 'No videos',
    emptyText: 'Videos that are published or taken down appear here. Only its channel sees a draft.',
    isTakenDown: 'Taken down',
    reasonIs: 'Reason: {reason}',
    takeDown: 'Take down',
    takeDownOf: 'Take down “{title}”?',
    takeDownText:
      'Within seconds nobody but its channel can watch or download it, and the channel cannot publish it. Its file stays.',
    takenDown: 'The video was taken down',
    restore: 'Restore',
    restoreOf: 'Restore “{title}”?',
    restoreText: 'It is published again if it was. Its channel can decide over it again.',
    restored: 'The video was restored',
    reason: 'Reason',
    reasonHint: 'The owner of the channel reads it too, and it is kept in the log.',
  },
})
