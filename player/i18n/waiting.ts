import { dictionary } from './dictionary.ts'

/** Donations that wait for a top-up. */
export const t = dictionary({
  id: {
    missing: 'Saldo kurang {amount}.',
    offer:
      'Isi saldo {amount} lewat transfer bank. Begitu masuk, donasi ini terkirim sendiri. Anda dapat membatalkannya sebelum itu.',
    account: 'Transfer ke',
    ask: 'Isi saldo, lalu kirim otomatis',
    title: 'Menunggu isi saldo',
    text: 'Donasi {amount} untuk {title} terkirim sendiri begitu transfer di bawah ini masuk. Isi saldo dengan cara lain tidak mengirimnya.',
    expired: 'Permintaan isi saldo ini kedaluwarsa. Buka lagi dari dompet bila masih ingin mengirim.',
    toWallet: 'Buka dompet',
    cancel: 'Jangan kirim',
    cancelTitle: 'Batalkan donasi ini?',
    cancelText: 'Uang yang sudah atau akan Anda transfer tetap masuk ke saldo Anda.',
    cancelled: 'Donasi tidak akan terkirim',
    failed: 'Donasi {amount} untuk {title} tidak terkirim; uangnya ada di saldo Anda. {reason}',
    sent: 'Donasi {amount} untuk {title} sudah terkirim',
  },
  en: {
    missing: 'Your balance is {amount} short.',
    offer:
      'Top up {amount} by bank transfer. Once it arrives, this donation is sent by itself. You can cancel it until then.',
    account: 'Transfer to',
    ask: 'Top up, then send by itself',
    title: 'Waiting for the top-up',
    text: 'The donation of {amount} to {title} is sent by itself once the transfer below has arrived. A top-up made in any other way does not send it.',
    expired: 'This top-up request has expired. Reopen it from the wallet if you still want to send.',
    toWallet: 'Open wallet',
    cancel: 'Do not send',
    cancelTitle: 'Cancel this donation?',
    cancelText: 'What you have transferred, or will, still becomes your balance.',
    cancelled: 'The donation will not be sent',
    failed: 'The donation of {amount} to {title} was not sent; the money is in your balance. {reason}',
    sent: 'The donation of {amount} to {title} has been sent',
  },
})
