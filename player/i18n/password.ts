import { dictionary } from './dictionary.ts'

export const t = dictionary({
  id: {
    title: 'Ganti kata sandi',
    current: 'Kata sandi sekarang',
    next: 'Kata sandi baru',
    nextHint: 'Sedikitnya {count} karakter.',
    text: 'Setelah diganti, akun ini keluar dari semua perangkat lain.',
    change: 'Ganti kata sandi',
    changed: 'Kata sandi sudah diganti',
  },
  en: {
    title: 'Change the password',
    current: 'Current password',
    next: 'New password',
    nextHint: 'At least {count} characters.',
    text: 'Changing it signs this account out on all other devices.',
    change: 'Change password',
    changed: 'The password has been changed',
  },
})
