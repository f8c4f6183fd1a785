import { dictionary } from './dictionary.ts'

export const t = dictionary({
  id: {
    title: 'Pastikan alamat email',
    text: 'Tekan tombol ini untuk memakai alamat yang menerima tautan ini di akun Anda.',
    confirm: 'Pakai alamat ini',
    done: 'Alamat email Anda sudah diganti.',
    account: 'Ke halaman Akun',
  },
  en: {
    title: 'Confirm your email address',
    text: 'Press this button to use the address that got this link for your account.',
    confirm: 'Use this address',
    done: 'Your email address has been changed.',
    account: 'To the account page',
  },
})
