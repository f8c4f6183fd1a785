/** The columns of statements as BCA, BRI, BNI and Mandiri export them, and of any table with such headings. */
import type { Bank } from '../../../shared/banks.ts'

export interface Layout {
  readonly bank: Bank
  /** Headings without anything but letters and digits, in lower case; the first that a file has is used. */
  readonly date: readonly string[]
  /** All that a file has, joined. */
  readonly description: readonly string[]
  readonly credit?: readonly string[]
  readonly debit?: readonly string[]
  /** One column for both ways; which way it went stands behind the number, in the next column, or in `direction`. */
  readonly amount?: readonly string[]
  readonly direction?: readonly string[]
  readonly balance?: readonly string[]
  /** Ids that the bank gives each line. */
  readonly reference?: readonly string[]
  readonly accountNumber?: readonly string[]
}

const LAYOUTS: readonly Layout[] = [
  // KlikBCA and myBCA: `Tanggal Transaksi,Keterangan,Cabang,Jumlah,,Saldo`, days without a year, CR or DB behind.
  {
    bank: 'BCA',
    date: ['tanggaltransaksi', 'tanggal', 'transactiondate', 'date'],
    description: ['keterangan', 'description'],
    amount: ['jumlah', 'amount', 'mutasi'],
    balance: ['saldo', 'balance'],
  },
  // Qlola and internet banking: `ID,NOREK,TGL_TRAN,TGL_EFEKTIF,JAM_TRAN,…,MUTASI_DEBET,MUTASI_KREDIT,…`.
  {
    bank: 'BRI',
    date: ['tgltran', 'tgltransaksi', 'tanggaltransaksi', 'transactiondate', 'tanggal'],
    description: [
      'desktran',
      'trremk',
      'remarkcustom',
      'deskripsi',
      'uraiantransaksi',
      'remark',
      'keterangan',
    ],
    credit: ['mutasikredit', 'kredit', 'credit'],
    debit: ['mutasidebet', 'debet', 'debit'],
    balance: ['saldoakhirmutasi', 'saldoakhir', 'saldo', 'balance'],
    accountNumber: ['norek', 'norekening'],
  },
  // BNIDirect: `Post Date,Value Date,Branch,Journal No.,Description,Debit,Credit`.
  {
    bank: 'BNI',
    date: ['postdate', 'postingdate', 'tanggaltransaksi', 'transactiondate'],
    description: ['description', 'uraiantransaksi', 'keterangan'],
    credit: ['credit', 'kredit'],
    debit: ['debit', 'debet'],
    balance: ['balance', 'saldo'],
    reference: ['journalno', 'nojurnal'],
  },
  // wondr and BNI internet banking: `Tanggal Transaksi,Uraian Transaksi,Tipe,Nominal,Saldo`.
  {
    bank: 'BNI',
    date: ['tanggaltransaksi', 'postdate', 'postingdate'],
    description: ['uraiantransaksi', 'description', 'keterangan'],
    amount: ['nominal', 'amount', 'jumlah'],
    direction: ['tipe', 'dbcr', 'type', 'jenis'],
    balance: ['saldo', 'balance'],
    reference: ['journalno', 'nojurnal'],
  },
  // Kopra and MCM: `AccountNo;Ccy;PostDate;Remarks;AdditionalDesc;Credit Amount;Debit Amount;Close Balance`.
  {
    bank: 'Mandiri',
    date: ['postdate', 'date', 'tanggal', 'transactiondate', 'tgl'],
    description: ['remarks', 'additionaldesc', 'description', 'keterangan', 'rinciantransaksi'],
    credit: ['creditamount', 'credit', 'kredit'],
    debit: ['debitamount', 'debit', 'debet'],
    balance: ['closebalance', 'balance', 'saldo'],
    reference: ['referenceno', 'noreferensi'],
    accountNumber: ['accountno', 'norekening'],
  },
  {
    bank: 'other',
    date: ['tanggal', 'tanggaltransaksi', 'date', 'transactiondate', 'postdate', 'bookingdate'],
    description: ['keterangan', 'description', 'uraian', 'remarks', 'remark', 'berita'],
    credit: ['kredit', 'credit', 'creditamount'],
    debit: ['debit', 'debet', 'debitamount'],
    balance: ['saldo', 'balance'],
    reference: ['referensi', 'referenceno', 'reference', 'noreferensi'],
  },
  {
    bank: 'other',
    date: ['tanggal', 'tanggaltransaksi', 'date', 'transactiondate', 'postdate', 'bookingdate'],
    description: ['keterangan', 'description', 'uraian', 'remarks', 'remark', 'berita'],
    amount: ['jumlah', 'amount', 'nominal'],
    direction: ['tipe', 'type', 'dbcr', 'jenis', 'dk'],
    balance: ['saldo', 'balance'],
    reference: ['referensi', 'referenceno', 'reference', 'noreferensi'],
  },
]

/** Where the columns of a file stand. */
export interface Columns {
  readonly date: number
  readonly description: readonly number[]
  readonly credit: number
  readonly debit: number
  readonly amount: number
  readonly direction: number
  readonly balance: number
  readonly reference: number
  readonly accountNumber: number
}

/** @returns `undefined` when the row is not the headings of a layout of this bank, or of any table */
export function findColumns(row: readonly string[], bank: Bank): Columns | undefined {
  const names = row.map((cell) => cell.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, ''))
  const own = LAYOUTS.filter((layout) => layout.bank === bank)
  const others = LAYOUTS.filter((layout) => layout.bank === 'other' && bank !== 'other')
  for (const layout of [...own, ...others]) {
    const columns = columnsOf(layout, names)
    if (columns) return columns
  }
  return undefined
}

function columnsOf(layout: Layout, names: readonly string[]): Columns | undefined {
  const first = (wanted: readonly string[] = []) =>
    wanted.map((name) => names.indexOf(name)).find((index) => index >= 0) ?? -1
  const description = names.flatMap((name, index) => (layout.description.includes(name) ? [index] : []))
  const columns = {
    date: first(layout.date),
    description,
    credit: first(layout.credit),
    debit: first(layout.debit),
    amount: first(layout.amount),
    direction: first(layout.direction),
    balance: first(layout.balance),
    reference: first(layout.reference),
    accountNumber: first(layout.accountNumber),
  }
  const hasMoney = columns.credit >= 0 || columns.amount >= 0
  const saysDirection = layout.direction === undefined || columns.direction >= 0
  return columns.date >= 0 && description.length > 0 && hasMoney && saysDirection ? columns : undefined
}
