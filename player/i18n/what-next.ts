import { dictionary } from './dictionary.ts'

/** An admin's first steps. */
export const t = dictionary({
  id: {
    emptyTitle: 'Tidak ada permohonan',
    emptyText: 'Permohonan hak dari anggota tampil di sini.',
    title: 'Langkah berikutnya',
    text: 'Akun admin tidak siaran dan tidak menerima donasi. Untuk itu, Anda pun perlu akun anggota.',
    bank: 'Tambahkan rekening bank situs ini: ke sanalah donatur mentransfer untuk mengisi saldo.',
    toBank: 'Buka Rekening',
    register: 'Daftar sebagai anggota, di peramban ini juga bisa:',
    toRegister: 'buat akun',
    ask: 'Di halaman Akun, ajukan hak “Siaran langsung”, “Menerima donasi”, atau keduanya. Yang siaran di YouTube atau Twitch cukup hak kedua.',
    askNoMoney: 'Di halaman Akun, ajukan hak “Siaran langsung”.',
    grant: 'Kembali ke sini dan setujui permohonannya. Kanal lalu ada di Studio.',
  },
  en: {
    emptyTitle: 'No requests',
    emptyText: 'When members ask for a right, it appears here.',
    title: 'What to do next',
    text: 'An admin account does not go on air and receives no donations. For that you need a member’s account as well.',
    bank: 'Add a bank account of this site: donors transfer to it to top up.',
    toBank: 'Open Bank accounts',
    register: 'Register as a member; this browser will do:',
    toRegister: 'create an account',
    ask: 'On the account page, ask for the right to go on air, to receive donations, or both. Who broadcasts on YouTube or Twitch needs only the second.',
    askNoMoney: 'On the account page, ask for the right to go on air.',
    grant: 'Come back here and grant the request. The channel is then in the studio.',
  },
})
