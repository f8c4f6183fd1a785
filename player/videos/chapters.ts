import type { AlertChapter, Chapter } from '../../shared/contracts/videos.ts'
import { formatRupiah } from '../../shared/rupiah.ts'
import { t as shell } from '../i18n/shell.ts'

/** Both kinds as one list; where both begin, the one that somebody wrote counts. */
export function allChapters(chapters: readonly Chapter[], alerts: readonly AlertChapter[]): Chapter[] {
  const written = new Set(chapters.map(({ startMs }) => startMs))
  const ofAlerts = alerts
    .filter(({ startMs }) => !written.has(startMs))
    .map((alert) => ({ startMs: alert.startMs, label: alertLabel(alert) }))
  return [...chapters, ...ofAlerts].toSorted((a, b) => a.startMs - b.startMs)
}

export function alertLabel({ senderName, amountRupiah }: AlertChapter): string {
  return `${senderName ?? shell('anonymous')} · ${formatRupiah(amountRupiah)}`
}

/** The one that a moment is in, by their order in time. */
export function chapterAt(chapters: readonly Chapter[], atMs: number): Chapter | undefined {
  return chapters.findLast(({ startMs }) => startMs <= atMs)
}

/** A fragment in the form of Media Fragments URI: seconds from the start. */
export function momentLink(atMs: number): string {
  return `#t=${atMs / 1000}`
}

/** @returns seconds; 0 for a fragment that names no moment */
export function readMoment(fragment: string): number {
  const [, seconds] = /^#t=(\d{1,6}(?:\.\d{1,3})?)s?$/.exec(fragment) ?? []
  return Number(seconds ?? 0)
}

/** What a link asks for: `#t=90` as chapters have it, or `?t=90` as people write it. @returns seconds, 0: nothing */
export function askedMoment({ hash, search }: Pick<Location, 'hash' | 'search'>): number {
  const asked = new URLSearchParams(search).get('t')
  return readMoment(hash) || (asked === null ? 0 : readMoment(`#t=${asked}`))
}
