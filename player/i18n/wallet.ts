import { dictionary } from './dictionary.ts'

export const t = dictionary({
  id: {
    title: 'Dompet',
    balance: 'Saldo Anda',
    topUpTitle: 'Isi saldo',
    topUpText:
      'Untuk saat ini saldo diisi oleh admin situs. Serahkan uangnya kepada admin, sebutkan nama pengguna Anda ({username}), dan saldo masuk begitu admin mencatatnya.',
    historyTitle: 'Riwayat',
    sentTitle: 'Donasi terkirim',
    donation_sent: 'Donasi terkirim',
    donation_received: 'Donasi diterima',
    credit: 'Isi saldo',
    balanceAfter: 'Saldo {amount}',
    emptyTitle: 'Dompet Anda masih kosong',
    emptyText: 'Uang yang masuk dan keluar tercatat di sini, lengkap dengan saldonya.',
    sentEmptyTitle: 'Belum ada donasi',
    sentEmptyText: 'Buka sebuah kanal, lalu pilih Donasi untuk mendukungnya.',
    findChannel: 'Cari kanal',
    anonymous: 'Anonim',
  },
  en: {
    title: 'Wallet',
    balance: 'Your balance',
    topUpTitle: 'Top up',
    topUpText:
      'For now an admin of this site tops up balances. Hand the money to the admin, give your username ({username}), and the balance arrives as soon as the admin has recorded it.',
    historyTitle: 'History',
    sentTitle: 'Donations sent',
    donation_sent: 'Donation sent',
    donation_received: 'Donation received',
    credit: 'Top-up',
    balanceAfter: 'Balance {amount}',
    emptyTitle: 'Your wallet is still empty',
    emptyText: 'Money that comes in and goes out is recorded here, with the balance after it.',
    sentEmptyTitle: 'No donations yet',
    sentEmptyText: 'Open a channel and choose Donate to support it.',
    findChannel: 'Find a channel',
    anonymous: 'Anonymous',
  },
})
