import { dictionary } from './dictionary.ts'

export const t = dictionary({
  id: {
    renameTitle: 'Ganti nama pengguna',
    renameText: 'Sekarang: {name}. Alamat kanal Anda tidak ikut berubah.',
    username: 'Nama pengguna baru',
    rename: 'Ganti nama',
    renamed: 'Nama pengguna sudah diganti',
    activityTitle: 'Riwayat akun',
    dataTitle: 'Data Anda',
    exportText: 'Berkas JSON dengan semua data tentang Anda yang disimpan di sini.',
    export: 'Unduh data saya',
    close: 'Tutup akun',
    closeTitle: 'Tutup akun ini untuk selamanya?',
    closeText:
      'Nama, email, pesan, kunci, dan tautan Anda dihapus; kanal dan videonya diturunkan. Tarik dulu saldo Anda: akun harus kosong dan tanpa permintaan yang menunggu.',
    closeKept: 'Catatan uang dan log tetap disimpan, tanpa nama Anda di riwayat orang lain.',
  },
  en: {
    renameTitle: 'Change the username',
    renameText: 'Now: {name}. The address of your channel stays.',
    username: 'New username',
    rename: 'Change name',
    renamed: 'The username has been changed',
    activityTitle: 'Account history',
    dataTitle: 'Your data',
    exportText: 'A JSON file with all data about you that is kept here.',
    export: 'Download my data',
    close: 'Close account',
    closeTitle: 'Close this account for ever?',
    closeText:
      'Your name, email, messages, keys and links are erased; the channel and its videos are taken down. Withdraw your balance first: the account must be empty and nothing may wait.',
    closeKept: 'Records of money and the log are kept, without your name in the history of others.',
  },
})
