const INDONESIAN: readonly (readonly [zone: string, label: string])[] = [
  ['Asia/Jakarta', 'WIB (Asia/Jakarta)'],
  ['Asia/Pontianak', 'WIB (Asia/Pontianak)'],
  ['Asia/Makassar', 'WITA (Asia/Makassar)'],
  ['Asia/Jayapura', 'WIT (Asia/Jayapura)'],
]

/** Indonesia's zones by their own names, then all others. @param chosen is always among them */
export function timeZones(
  chosen: string,
  known: readonly string[] = Intl.supportedValuesOf('timeZone'),
): { value: string; label: string }[] {
  const first = new Map(INDONESIAN)
  const others = new Set([chosen, 'UTC', ...known].filter((zone) => !first.has(zone)))
  return [
    ...INDONESIAN.map(([value, label]) => ({ value, label })),
    ...[...others].toSorted().map((value) => ({ value, label: value.replaceAll('_', ' ') })),
  ]
}
