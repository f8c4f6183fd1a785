import { dictionary } from './dictionary.ts'

export const t = dictionary({
  id: {
    connected: 'Overlay tersambung',
    replaced: 'Tautan overlay ini sudah diganti. Ambil tautan baru di Studio.',
    away: 'Selama Anda pergi: {count} donasi, {amount}',
    broken: 'Tautan overlay ini tidak lengkap. Salin lagi dari Studio.',
  },
  en: {
    connected: 'Overlay connected',
    replaced: 'This overlay link has been replaced. Get the new one in the studio.',
    away: 'While you were away: {count} donations, {amount}',
    broken: 'This overlay link is incomplete. Copy it again from the studio.',
  },
})
