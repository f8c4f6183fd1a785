import { dictionary } from './dictionary.ts'

/** Profile pictures as admins look after them. */
export const t = dictionary({
  id: {
    picture: 'Foto profil',
    remove: 'Hapus foto',
    removeOf: 'Hapus foto profil {name}?',
    removed: 'Foto profil dihapus',
    reason: 'Alasan',
    reasonHint: 'Anggota ikut membacanya di riwayat akunnya, dan ini tercatat di log.',
  },
  en: {
    picture: 'Profile picture',
    remove: 'Remove the picture',
    removeOf: 'Remove the profile picture of {name}?',
    removed: 'The profile picture was removed',
    reason: 'Reason',
    reasonHint: 'The member reads it too, in the history of the account, and it is kept in the log.',
  },
})
