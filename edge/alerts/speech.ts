/** What is said of an alert, and the audio of it, which an origin makes. */
import * as v from 'valibot'
import { templatePieces } from '../../shared/alert-template.ts'
import { amountInWords } from '../../shared/amount-words.ts'
import { Alert } from '../../shared/contracts/alerts.ts'
import { AppError } from '../../shared/errors.ts'
import { SPEECH_MAX_CHARS, SPEECH_PATH, type Voice } from '../../shared/speech.ts'
import { text } from '../db/row.ts'
import type { Database, Platform } from '../ports.ts'
import { ALERT_JSON } from './rules.ts'

const TIMEOUT_MS = 8_000
const MAX_AUDIO_BYTES = 8 * 1024 * 1024
const NOBODY: Readonly<Record<Voice, string>> = { id: 'Seseorang', en: 'Someone' }
const SAMPLE: Readonly<Record<Voice, string>> = {
  id: 'Bu Rini berdonasi lima puluh ribu rupiah. Semangat siarannya!',
  en: 'Rini donated fifty thousand rupiah. Keep it up!',
}

/** @throws AppError `not_found`: of another channel, held back, or not to be spoken */
export async function findSpoken(
  database: Database,
  { channelId, alertId }: { channelId: string; alertId: string },
): Promise<{ voice: Voice; words: string }> {
  const [row] = await database.read({
    sql: `SELECT ${ALERT_JSON} AS alert FROM alert WHERE alert.id = ? AND alert.channel_id = ?
      AND NOT EXISTS (SELECT 1 FROM alert_play WHERE alert_id = alert.id AND state = 'held')`,
    args: [alertId, channelId],
  })
  if (!row) throw new AppError('not_found')
  const alert = v.parse(Alert, JSON.parse(text(row, 'alert')))
  if (!isSpoken(alert)) throw new AppError('not_found')
  const { voice } = alert.look.speech
  return { voice, words: wordsOf(alert, voice) }
}

export function sampleOf(voice: Voice): { voice: Voice; words: string } {
  return { voice, words: SAMPLE[voice] }
}

export function isSpoken({ look, amountRupiah, lateCount }: Alert): boolean {
  const { isOn, minimumRupiah } = look.speech
  return isOn && amountRupiah >= minimumRupiah && lateCount === null
}

/** As the overlay reads, with the amount in words; a message that the template has no place for comes behind. */
export function wordsOf({ template, senderName, amountRupiah, message }: Alert, voice: Voice): string {
  const pieces = templatePieces(template)
  const said = pieces.map((piece) => {
    switch (piece.kind) {
      case 'text':
        return piece.text
      case 'name':
        return senderName ?? NOBODY[voice]
      case 'amount':
        return amountInWords(amountRupiah, voice)
      case 'message':
        return message ?? ''
    }
  })
  const hasMessage = pieces.some(({ kind }) => kind === 'message')
  const words = hasMessage ? said.join('') : `${said.join('')}. ${message ?? ''}`
  return words.trim().slice(0, SPEECH_MAX_CHARS)
}

/** @throws AppError `not_found` where nothing can be spoken, `origin_unreachable` */
export async function fetchSpeech(
  { config, fetchOrigin }: Pick<Platform, 'config' | 'fetchOrigin'>,
  { voice, words }: { voice: Voice; words: string },
): Promise<Response> {
  const [origin] = config.origins
  if (!origin) throw new AppError('not_found')
  const query = new URLSearchParams({ voice, text: words })
  let answer: Response
  try {
    answer = await fetchOrigin(`${origin.url}${SPEECH_PATH}?${query.toString()}`, {
      headers: { authorization: `Bearer ${config.originSecret}` },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      lane: 'media',
    })
  } catch (cause) {
    throw new AppError('origin_unreachable', { cause, retryAfterSeconds: 1 })
  }
  const type = answer.headers.get('content-type') ?? ''
  const isAudio = answer.status === 200 && /^audio\/[\w-]+$/.test(type)
  if (!isAudio || Number(answer.headers.get('content-length') ?? Infinity) > MAX_AUDIO_BYTES) {
    await answer.body?.cancel()
    throw new AppError('not_found')
  }
  return new Response(answer.body, {
    headers: { 'content-type': type, 'cache-control': 'private, no-store' },
  })
}
