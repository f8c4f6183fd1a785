/** What a statement says in a spreadsheet, by the language it is asked for in. The kinds of lines are codes. */

/** `heads` in the order of the columns. */
export const CSV_WORDS = {
  id: {
    heads: 'waktu nomor jenis nama bruto biaya_platform pengembalian biaya_penarikan neto saldo'.split(' '),
    opening: 'saldo_awal',
    closing: 'saldo_akhir',
  },
  en: {
    heads: 'time reference kind name gross platform_fee refund withdrawal_fee net balance'.split(' '),
    opening: 'opening',
    closing: 'closing',
  },
} as const
export type CsvLanguage = keyof typeof CSV_WORDS
