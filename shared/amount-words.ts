/** Amounts in words, so that a zero too many is seen before the money is gone. */
/** @param amount whole Rupiah, above 0 and below a million million */
export function amountInWords(amount: number, language: 'id' | 'en'): string {
  return language === 'id' ? `${indonesian(amount)} rupiah` : `${english(amount)} rupiah`
}

const SATUAN = ['', 'satu', 'dua', 'tiga', 'empat', 'lima', 'enam', 'tujuh', 'delapan', 'sembilan'] as const

function indonesian(amount: number): string {
  const parts: string[] = []
  for (const [scale, name] of [
    [1_000_000_000, 'miliar'],
    [1_000_000, 'juta'],
    [1_000, 'ribu'],
    [1, ''],
  ] as const) {
    const count = Math.floor(amount / scale) % 1000
    if (count === 0) continue
    // One thousand has a word of its own: seribu.
    parts.push(scale === 1000 && count === 1 ? 'seribu' : `${ratusan(count)} ${name}`.trim())
  }
  return parts.join(' ')
}

function ratusan(count: number): string {
  const [hundred, rest] = [Math.floor(count / 100), count % 100]
  const head = hundred === 0 ? '' : hundred === 1 ? 'seratus' : `${SATUAN[hundred]} ratus`
  return `${head} ${puluhan(rest)}`.trim()
}

function puluhan(rest: number): string {
  if (rest < 10) return SATUAN[rest] ?? ''
  if (rest === 10) return 'sepuluh'
  if (rest === 11) return 'sebelas'
  if (rest < 20) return `${SATUAN[rest - 10]} belas`
  return `${SATUAN[Math.floor(rest / 10)]} puluh ${SATUAN[rest % 10]}`.trim()
}

const BELOW_TWENTY = (
  ' one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen ' +
  'seventeen eighteen nineteen'
).split(' ')
const TENS = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'] as const

function english(amount: number): string {
  const parts: string[] = []
  for (const [scale, name] of [
    [1_000_000_000, 'billion'],
    [1_000_000, 'million'],
    [1_000, 'thousand'],
    [1, ''],
  ] as const) {
    const count = Math.floor(amount / scale) % 1000
    if (count > 0) parts.push(`${hundreds(count)} ${name}`.trim())
  }
  return parts.join(' ')
}

function hundreds(count: number): string {
  const rest = count % 100
  const tail =
    rest < 20
      ? BELOW_TWENTY[rest]
      : [TENS[Math.floor(rest / 10)], BELOW_TWENTY[rest % 10]].filter((word) => word !== '').join('-')
  return [count >= 100 ? `${BELOW_TWENTY[Math.floor(count / 100)]} hundred` : '', tail]
    .filter((word) => word !== '')
    .join(' ')
}
