import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Bank } from '../../../shared/banks.ts'
import { readStatementAmount, readStatementDate } from './cells.ts'
import { decodeText, parseCsv } from './csv.ts'
import { readStatement, STATEMENT_MAX_LINES, type Statement } from './statement.ts'

const TODAY = '2026-11-21'

function read(text: string | Uint8Array, bank: Bank): Statement {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text
  const statement = readStatement(bytes, { bank, today: TODAY })
  if (typeof statement === 'string') throw new Error(statement)
  return statement
}
const money = ({ lines }: Statement) =>
  lines.map(({ bookedOn, amountRupiah }) => `${bookedOn} ${amountRupiah}`)

const BCA = `Informasi Rekening - Mutasi Rekening
No. rekening : 1234567890
Nama : PT PANGGUNG
Periode : 25/12/2025 - 05/01/2026
Kode Mata Uang : IDR

Tanggal Transaksi,Keterangan,Cabang,Jumlah,,Saldo
'30/12,'TRSF E-BANKING CR 3012/FTSCY/WS95051 ANI,'0000,"50,123.00",CR,"1,050,123.00"
'02/01,"TARIKAN ATM, MALANG",'0123,"100,000.00",DB,"950,123.00"
'03/01,'BUNGA,'0000,12.34,CR,"950,135.34"
PEND,'SETORAN,'0000,"75,000.00",CR,"1,025,135.34"
Saldo Awal,:,"1,000,000.00"
Mutasi Kredit,:,"50,123.00",1
`

describe('statements as the banks export them', () => {
  test('KlikBCA: days without a year, CR and DB in a column of their own, sums below', () => {
    const statement = read(BCA, 'BCA')
    expect(money(statement)).toEqual(['2025-12-30 50123'])
    expect(statement.accountNumber).toBe('1234567890')
    expect(statement.skipped).toEqual({ outgoing: 1, pending: 1, unreadable: 1 })
    expect(statement.lines[0]?.description).toBe('TRSF E-BANKING CR 3012/FTSCY/WS95051 ANI')
  })

  test('KlikBCA Bisnis: CR behind the number', () => {
    const text = `Periode : 01/11/2026 - 30/11/2026
Tanggal Transaksi,Keterangan,Cabang,Jumlah,Saldo
"01/11","TRSF","0032","125,501,327.00 DB","1,285,083,646.34"
"02/11","TRANSFER MASUK","0032","250,017.00 CR","1,285,333,663.34"`
    expect(money(read(text, 'BCA'))).toEqual(['2026-11-02 250017'])
  })

  test('BRI', () => {
    const text = `ID,NOREK,TGL_TRAN,TGL_EFEKTIF,JAM_TRAN,KODE_TRAN,DESK_TRAN,SALDO_AWAL_MUTASI,MUTASI_DEBET,MUTASI_KREDIT,SALDO_AKHIR_MUTASI,GLSIGN,TRREMK
1,012345678901503,2026-11-05 10:15:00,2026-11-05,101500,3105,BRIMO ANI,0.00,0.00,75321.00,75321.00,Cr,NBMB ANI TO PANGGUNG
2,012345678901503,2026-11-06 10:15:00,2026-11-06,101500,3105,ADM,75321.00,2500.00,0.00,72821.00,Dr,BIAYA`
    const statement = read(text, 'BRI')
    expect(money(statement)).toEqual(['2026-11-05 75321'])
    expect(statement.accountNumber).toBe('012345678901503')
    expect(statement.lines[0]?.description).toBe('BRIMO ANI NBMB ANI TO PANGGUNG')
  })

  test('BNI: two shapes', () => {
    const direct = `Post Date,Value Date,Branch,Journal No.,Description,Debit,Credit,
01/11/26 10.15.33,01/11/26,001,ABC001,SETORAN TUNAI,,300007.00
02/11/26 12.30.00,02/11/26,001,ABC002,TARIK TUNAI,125000.00,`
    expect(money(read(direct, 'BNI'))).toEqual(['2026-11-01 300007'])
    const retail = `Tanggal Transaksi;Uraian Transaksi;Tipe;Nominal;Saldo
03/11/2026;TRANSFER DARI ANI;Cr.;1.250.011,00;2.000.000,00
03/11/2026;BIAYA;Db.;5.000,00;1.995.000,00`
    expect(money(read(retail, 'BNI'))).toEqual(['2026-11-03 1250011'])
  })

  test('Mandiri: two shapes, months by name in both languages', () => {
    const kopra = `AccountNo;Ccy;PostDate;Remarks;AdditionalDesc;Credit Amount;Debit Amount;Close Balance
1060055988896;IDR;03 Agustus 2026 11:27:10;ANI;MCM InhouseTrf;50345.00;0.00;13838932.64
1060055988896;IDR;07 August 2026 10:16:54;GAJI;Trf;0.00;1000000.00;14838932.64`
    const statement = read(kopra, 'Mandiri')
    expect(money(statement)).toEqual(['2026-08-03 50345'])
    expect(statement.accountNumber).toBe('1060055988896')
    const retail = `Account No,Date,Val. Date,Transaction Code,Description,Description,Reference No.,Debit,Credit
1060055988896,05/11/26,05/11/26,4028,TRANSFER,DARI ANI,REF1,.00,"10,321.00"
`
    expect(read(retail, 'Mandiri').lines[0]).toMatchObject({
      bookedOn: '2026-11-05',
      amountRupiah: 10_321,
      description: 'TRANSFER DARI ANI',
    })
  })

  test('any table with the usual headings will do', () => {
    expect(money(read('Tanggal,Keterangan,Debit,Kredit\n05-11-2026,Ani,,10.001\n', 'Jago'))).toEqual([
      '2026-11-05 10001',
    ])
  })

  test.each([
    ['UTF-8 with a mark', new TextEncoder().encode(`\uFEFF${BCA}`)],
    ['UTF-16', Uint8Array.from([0xff, 0xfe, ...Array.from(BCA).flatMap((char) => [char.charCodeAt(0), 0])])],
    ['Windows line ends', new TextEncoder().encode(BCA.replaceAll('\n', '\r\n'))],
    ['old Mac line ends', new TextEncoder().encode(BCA.replaceAll('\n', '\r'))],
  ])('%s', (_what, bytes) => {
    expect(money(read(bytes, 'BCA'))).toEqual(['2025-12-30 50123'])
  })

  test('Windows-1252 is read when the bytes are no UTF-8', () => {
    expect(decodeText(Uint8Array.from([0x43, 0x61, 0x66, 0xe9]))).toBe('Café')
  })

  test('equal lines stay two, and every export names them the same', () => {
    const row = `05/11/2026,ANI,,10001`
    const text = (rows: number) =>
      `Tanggal,Keterangan,Debit,Kredit\n${Array.from({ length: rows }, () => row).join('\n')}\n06/11/2026,BUDI,,20002`
    const [two, three] = [read(text(2), 'other'), read(text(3), 'other')]
    expect(new Set(three.lines.map(({ identity }) => identity)).size).toBe(4)
    for (const { identity } of two.lines) expect(three.lines.map((line) => line.identity)).toContain(identity)
  })

  test.each([
    ['a picture', Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 1])],
    ['nothing', new Uint8Array()],
    ['a table of something else', new TextEncoder().encode('nama,umur\nani,20')],
  ])('%s is no statement', (_what, bytes) => {
    expect(readStatement(bytes, { bank: 'BCA', today: TODAY })).toBe('statement_unknown')
  })

  test('a file of more lines than an admin can look at is refused', () => {
    const rows = Array.from({ length: STATEMENT_MAX_LINES + 200 }, () => '05/11/2026,ANI,,10001').join('\n')
    expect(
      readStatement(new TextEncoder().encode(`Tanggal,Keterangan,Debit,Kredit\n${rows}`), {
        bank: 'other',
        today: TODAY,
      }),
    ).toBe('statement_too_long')
  })
})

test.each([
  ['1,234,567.00', 1_234_567],
  ['1.234.567,00', 1_234_567],
  ['1234567.00', 1_234_567],
  ['1.234.567', 1_234_567],
  ['150.000', 150_000],
  ["'150000", 150_000],
  ['Rp 10.017,-'.replace(',-', ''), 10_017],
  ['-2.500,00', -2500],
  ['(2,500.00)', -2500],
  ['0.00', 0],
])('the amount %s', (cell, amountRupiah) => {
  expect(readStatementAmount(cell)).toEqual({ amountRupiah })
})

test.each([
  ['12.34', 'fraction'],
  ['1.234,5', 'fraction'],
  ['1.234.56', 'unreadable'],
  ['1,23,456', 'unreadable'],
  ['sepuluh', 'unreadable'],
  ['', 'unreadable'],
])('%s is no whole amount', (cell, problem) => {
  expect(readStatementAmount(cell)).toBe(problem)
})

test.each([
  ['31/02', undefined],
  ['29/02', undefined],
  ['00/02', undefined],
  ['05/13/2026', undefined],
  ['29/02/2024', '2024-02-29'],
  ['5-9-26', '2026-09-05'],
  ['20260905', '2026-09-05'],
  ['05 Okt 2026', '2026-10-05'],
])('the day %s', (cell, day) => {
  expect(readStatementDate(cell, { from: '2026-01-01', to: '2026-11-21' })).toBe(day)
})

test('whatever the file holds, it is read or refused, and cells come back as they were written', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      const statement = readStatement(bytes, { bank: 'BCA', today: TODAY })
      if (typeof statement === 'string') return
      for (const { amountRupiah } of statement.lines) expect(Number.isSafeInteger(amountRupiah)).toBe(true)
    }),
  )
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.string({ maxLength: 8 }), { minLength: 2, maxLength: 4 }), {
        minLength: 1,
        maxLength: 5,
      }),
      (rows) => {
        const text = rows
          .map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(';'))
          .join('\n')
        expect(parseCsv(text, ';', 100)).toEqual(rows.map((row) => row.map((cell) => cell.trim())))
      },
    ),
  )
})

test.each([
  ['another way of writing days', `21-11-26,TRSF BUDI,0000,"50,123.00",CR,"1,050,123.00"`],
  ['days without a year', `21/11,TRSF BUDI,0000,"50,123.00",CR,"1,050,123.00"`],
  ['other words', `21/11/2026,trsf  e-banking BUDI,0000,"50,123.00",CR,"1,050,123.00"`],
  ['numbers as a spreadsheet keeps them', `'21/11/2026,TRSF BUDI,0000,50123,CR,1050123`],
])('a line is the same in %s', (_how, row) => {
  const of = (line: string) =>
    read(`Tanggal Transaksi,Keterangan,Cabang,Jumlah,,Saldo\n${line}`, 'BCA').lines.map(
      ({ identity }) => identity,
    )
  const first = `21/11/2026,TRSF BUDI,0000,"50,123.00",CR,"1,050,123.00"`
  expect(of(row)).toEqual(of(first))
  expect(of(`${row.replace(/1,?050,?123/, '1100246')}\n${row}`)).toHaveLength(2)
  expect(of(row.replace(/1,?050,?123/, '1100246'))).not.toEqual(of(first))
})
