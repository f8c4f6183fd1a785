import { dictionary } from './dictionary.ts'

export const t = dictionary({
  id: {
    title: 'Akun',
    username: 'Nama pengguna',
    email: 'Email',
    channels: 'Kanal',
    owner: 'Pemilik',
    operator: 'Operator',
    balance: 'Saldo',
    openStudio: 'Buka studio',
    openWallet: 'Buka dompet',
    signOut: 'Keluar',
    signOutText: 'Anda perlu masuk lagi di perangkat ini setelah keluar.',
  },
  en: {
    title: 'Account',
    username: 'Username',
    email: 'Email',
    channels: 'Channels',
    owner: 'Owner',
    operator: 'Operator',
    balance: 'Balance',
    openStudio: 'Open the studio',
    openWallet: 'Open the wallet',
    signOut: 'Sign out',
    signOutText: 'You will have to sign in again on this device.',
  },
})
