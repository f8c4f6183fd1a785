import { dictionary } from './dictionary.ts'

/** Large first donations, as admins decide about them. */
export const t = dictionary({
  id: {
    title: 'Donasi yang ditahan',
    text: 'Donasi besar pertama dari donatur baru. Masuk ke saldo penerima dengan sendirinya pada waktunya.',
    until: 'ditahan sampai',
    release: 'Lepaskan',
    releaseOf: 'Lepaskan {amount} dari {name}',
    releaseText: 'Uangnya masuk ke saldo penerima sekarang.',
    released: 'Donasi dilepaskan',
    refund: 'Kembalikan',
    refundOf: 'Kembalikan {amount} ke {name}',
    refundText: 'Seluruh donasi kembali ke donatur, dengan biaya platform.',
    refunded: 'Donasi dikembalikan',
    reason: 'Alasan',
    reasonHint: 'Penerima dan donatur ikut membacanya.',
  },
  en: {
    title: 'Held donations',
    text: 'First large donations of new donors. They come to the receiver’s balance by themselves in time.',
    until: 'held until',
    release: 'Release',
    releaseOf: 'Release {amount} of {name}',
    releaseText: 'The money comes to the receiver’s balance now.',
    released: 'Donation released',
    refund: 'Give back',
    refundOf: 'Give {amount} back to {name}',
    refundText: 'All of the donation goes back to the donor, the platform’s fee too.',
    refunded: 'Donation given back',
    reason: 'Reason',
    reasonHint: 'The receiver reads it, and of a donation given back the donor too.',
  },
})
