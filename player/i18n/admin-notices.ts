import { dictionary } from './dictionary.ts'

/** What every admin is told. */
export const t = dictionary({
  id: {
    admin_added: '{by} menambahkan admin {name}. Bila tidak benar, segera periksa bersama admin lain.',
    approval_rule_loosened:
      '{by} melonggarkan aturan penarikan: dua admin di atas {above}, admin baru dihitung setelah {hours} jam.',
    refund_failed:
      'Pengembalian {amount} ke tamu gagal di gerbang pembayaran (no. {reference}). Coba lagi atau kirim alamat pembayarannya dari tab Pembayaran tamu.',
    holdsFrom: 'Berlaku mulai',
    server: 'Seseorang di server',
    never: 'jumlah berapa pun tidak perlu',
    read: 'Sudah saya baca',
  },
  en: {
    admin_added:
      '{by} added the admin {name}. If that is not right, look into it with another admin at once.',
    approval_rule_loosened:
      '{by} loosened the rule of withdrawals: two admins above {above}, new admins count after {hours} hours.',
    refund_failed:
      'The refund of {amount} to a guest failed at the gateway (no. {reference}). Try again, or send the guest the address of the payment from Guest payments.',
    holdsFrom: 'It holds from',
    server: 'Somebody at the server',
    never: 'no amount',
    read: 'I have read this',
  },
})
