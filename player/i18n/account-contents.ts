import { dictionary } from './dictionary.ts'

export const t = dictionary({
  id: {
    title: 'Isi halaman ini',
    notifications: 'Notifikasi',
    rights: 'Hak',
    picture: 'Foto profil',
    name: 'Nama pengguna',
    mail: 'Email',
    password: 'Kata sandi',
    devices: 'Perangkat',
    activity: 'Riwayat akun',
    data: 'Data dan penutupan akun',
  },
  en: {
    title: 'On this page',
    notifications: 'Notifications',
    rights: 'Rights',
    picture: 'Profile picture',
    name: 'Username',
    mail: 'Email',
    password: 'Password',
    devices: 'Devices',
    activity: 'Account history',
    data: 'Data and closing the account',
  },
})
