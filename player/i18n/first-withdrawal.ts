import { dictionary } from './dictionary.ts'

/** The identity check before the first withdrawal to an account. */
export const t = dictionary({
  id: {
    before:
      'Sebelum transfer pertama ke rekening Anda, admin mencocokkan namanya dengan kartu identitas Anda (KTP, SIM, atau paspor). Siapkan kartunya; setelah meminta, Anda dapat menulis kepada admin di sini.',
    waits:
      'Penarikan Anda menunggu pemeriksaan identitas. Tulis kepada admin untuk sepakat cara menunjukkan KTP, SIM, atau paspor Anda.',
    kept: 'Apa yang disimpan',
    write: 'Tulis kepada admin',
    careful: 'Jangan menulis nomor identitas di sini. Sepakati dulu cara menunjukkan kartunya.',
    message: 'Pesan',
  },
  en: {
    before:
      'Before the first transfer to your account, an admin compares its name with your identity card or passport. Have it ready; once you have asked, you can write to the admins here.',
    waits:
      'Your withdrawal waits for the identity check. Write to the admins to agree how to show your identity card or passport.',
    kept: 'What is kept',
    write: 'Write to the admins',
    careful: 'Do not write the number of your identity card here. Agree first how to show it.',
    message: 'Message',
  },
})
