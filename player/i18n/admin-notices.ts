import { dictionary } from './dictionary.ts'

/** What every admin is told. */
export const t = dictionary({
  id: {
    admin_added: '{by} menambahkan admin {name}. Bila tidak benar, segera periksa bersama admin lain.',
    approval_rule_loosened:
      '{by} melonggarkan aturan penarikan: dua admin di atas {above}, admin baru dihitung setelah {hours} jam.',
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
    holdsFrom: 'It holds from',
    server: 'Somebody at the server',
    never: 'no amount',
    read: 'I have read this',
  },
})
