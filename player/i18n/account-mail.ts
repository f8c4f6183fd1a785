import { dictionary } from './dictionary.ts'

export const t = dictionary({
  id: {
    emailTitle: 'Ganti email',
    email: 'Alamat email baru',
    change: 'Ganti email',
    changed: 'Alamat email sudah diganti',
    confirmSent:
      'Tautan sudah dikirim ke alamat baru. Buka untuk memakainya; sampai saat itu alamat lama berlaku.',
    mailTitle: 'Kabar lewat email',
    mailText: 'Kabar tentang keamanan akun, misalnya masuk dari perangkat baru, selalu dikirim.',
    onDecision: 'Permohonan, isi saldo, dan penarikan diputuskan',
    onDonation: 'Donasi diterima',
    onDonationHint: 'Paling sering satu surat tiap sepuluh menit.',
    language: 'Bahasa surat',
    save: 'Simpan',
    saved: 'Tersimpan',
  },
  en: {
    emailTitle: 'Change email',
    email: 'New email address',
    change: 'Change email',
    changed: 'The email address has been changed',
    confirmSent:
      'A link was sent to the new address. Open it to use that address; until then the old one holds.',
    mailTitle: 'News by email',
    mailText: 'What concerns the safety of the account, such as a sign-in from a new device, is always sent.',
    onDecision: 'Requests, top-ups and withdrawals decided',
    onDonation: 'Donations received',
    onDonationHint: 'At most one mail every ten minutes.',
    language: 'Language of mails',
    save: 'Save',
    saved: 'Saved',
  },
})
