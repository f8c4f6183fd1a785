import { dictionary } from './dictionary.ts'

export const t = dictionary({
  id: {
    title: 'Email',
    none: 'Semua email terkirim sejauh ini.',
    failed: 'Terakhir gagal {time}, dengan kode {reason}.',
    again: 'Email itu dicoba lagi.',
    givenUp: 'Email itu tidak dicoba lagi.',
    hint: 'Periksa MAIL_URL, MAIL_TOKEN, dan MAIL_FROM, lalu log server.',
  },
  en: {
    title: 'Mail',
    none: 'All mail was sent so far.',
    failed: 'Last failed {time}, with code {reason}.',
    again: 'That mail is tried again.',
    givenUp: 'That mail is not tried again.',
    hint: 'Look at MAIL_URL, MAIL_TOKEN and MAIL_FROM, then at the log of the server.',
  },
})
