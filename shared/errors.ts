import { ACCOUNT_ERRORS } from './account-errors.ts'
import { MONEY_ERRORS } from './money-errors.ts'
import { STREAM_ERRORS } from './stream-errors.ts'

/**
 * The closed list of error codes. Every HTTP error is `application/problem+json` (RFC 9457) with one of
 * these as `code`; pages show the text in the reader's language. The public text lives here and never
 * where an error is thrown, so no secret can slip into it.
 */
export interface ErrorEntry {
  readonly status: number
  readonly id: string
  readonly en: string
}

export const ERRORS = {
  bad_request: {
    status: 400,
    id: 'Permintaan tidak dapat dibaca. Muat ulang halaman.',
    en: 'The request could not be read. Reload the page.',
  },
  invalid_input: {
    status: 422,
    id: 'Ada isian yang belum benar. Periksa isian yang ditandai.',
    en: 'Some fields are not right yet. Check those that are marked.',
  },
  body_too_large: {
    status: 413,
    id: 'Kiriman terlalu besar. Perkecil dulu.',
    en: 'What was sent is too large. Make it smaller.',
  },
  unsupported_media_type: {
    status: 415,
    id: 'Jenis berkas ini tidak diterima. Pilih berkas lain.',
    en: 'This type of file is not accepted. Choose another.',
  },
  picture_too_large: {
    status: 413,
    id: 'Gambar ini punya terlalu banyak piksel: paling banyak 32 megapiksel. Perkecil dulu.',
    en: 'This picture has too many pixels: at most 32 megapixels. Make it smaller.',
  },
  not_found: {
    status: 404,
    id: 'Tidak ditemukan. Mungkin sudah dihapus; muat ulang halaman.',
    en: 'Not found. It may be gone; reload the page.',
  },
  method_not_allowed: {
    status: 405,
    id: 'Cara ini tidak didukung.',
    en: 'This method is not supported here.',
  },
  gone: { status: 410, id: 'Sudah tidak tersedia.', en: 'No longer available.' },
  conflict: {
    status: 409,
    id: 'Sudah diubah oleh orang lain. Muat ulang halaman.',
    en: 'Somebody else changed this. Reload the page.',
  },
  file_in_use: {
    status: 409,
    id: 'Berkas ini masih dipakai. Pilih berkas lain di pengaturan atau tunggu notifikasinya tampil.',
    en: 'This file is in use. Choose another in the settings, or wait until its alert was shown.',
  },
  too_many_files: {
    status: 409,
    id: 'Tempat berkas sudah penuh. Hapus yang tidak dipakai dulu.',
    en: 'There is no room for more files. Remove one that is not used.',
  },
  too_many_slots: {
    status: 409,
    id: 'Tempat tampil sudah penuh. Hapus yang tidak dipakai dulu.',
    en: 'There are as many alert slots as allowed. Remove one that is not used.',
  },
  too_many_uploads: {
    status: 409,
    id: 'Unggahan lain belum selesai. Tunggu atau batalkan salah satunya.',
    en: 'Other uploads are not done yet. Wait for one, or cancel it.',
  },
  storage_full: {
    status: 507,
    id: 'Penyimpanan situs hampir penuh. Hapus video lama atau hubungi pengelola.',
    en: 'The storage of this site is nearly full. Delete old videos, or ask whoever runs it.',
  },
  rate_limited: {
    status: 429,
    id: 'Terlalu banyak percobaan. Tunggu sebentar.',
    en: 'Too many attempts. Wait a moment.',
  },
  internal: {
    status: 500,
    id: 'Ada gangguan pada server. Coba lagi sebentar lagi.',
    en: 'Something went wrong on the server. Try again in a moment.',
  },
  database_unavailable: {
    status: 503,
    id: 'Penyimpanan data sedang tidak tersedia. Coba lagi.',
    en: 'The database is not available. Try again.',
  },
  storage_unavailable: {
    status: 503,
    id: 'Penyimpanan berkas sedang tidak tersedia. Coba lagi.',
    en: 'The file storage is not available. Try again.',
  },
  schema_outdated: {
    status: 503,
    id: 'Basis data perlu dimutakhirkan oleh pengelola.',
    en: 'The database must be migrated by the operator.',
  },
  forbidden: {
    status: 403,
    id: 'Anda tidak berhak melakukan ini. Tanyakan kepada admin.',
    en: 'You may not do this. Ask an admin.',
  },
  cross_site: {
    status: 403,
    id: 'Permintaan dari situs lain ditolak.',
    en: 'Requests from other sites are refused.',
  },
  ...ACCOUNT_ERRORS,
  ...MONEY_ERRORS,
  ...STREAM_ERRORS,
  idempotency_key_missing: {
    status: 400,
    id: 'Kunci pengiriman tidak disertakan. Muat ulang halaman.',
    en: 'The idempotency key is missing. Reload the page.',
  },
  idempotency_key_reused: {
    status: 409,
    id: 'Kiriman ini sudah dipakai untuk permintaan lain.',
    en: 'This key was already used for a different request.',
  },
  overlay_link_replaced: {
    status: 401,
    id: 'Tautan overlay ini sudah diganti. Salin yang baru dari studio.',
    en: 'This overlay link has been replaced. Copy the new one from the studio.',
  },
  slot_held_elsewhere: {
    status: 409,
    id: 'Overlay lain sedang menampilkan notifikasi.',
    en: 'Another overlay is showing the alerts.',
  },
  claim_lost: {
    status: 409,
    id: 'Notifikasi ini sudah diambil overlay lain.',
    en: 'Another overlay took this alert.',
  },
} as const satisfies Record<string, ErrorEntry>

export type ErrorCode = keyof typeof ERRORS

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERRORS, value)
}

/** The body of every HTTP error. `fields` names what is wrong with which input of a form. */
export interface Problem {
  readonly type: 'about:blank'
  readonly title: string
  readonly status: number
  readonly code: ErrorCode
  readonly fields?: Readonly<Record<string, FieldProblem>>
}

/** Why one field was refused; pages translate it. */
export type FieldProblem =
  | 'missing'
  | 'too_short'
  | 'too_long'
  | 'malformed'
  | 'too_small'
  | 'too_large'
  | 'not_allowed'
  | 'unknown_placeholder'

/** An expected failure on its way to the caller. Thrown anywhere, translated once (`edge/http/errors`). */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly fields: Readonly<Record<string, FieldProblem>> | undefined
  readonly retryAfterSeconds: number | undefined
  /** For the log only. Never a secret, and nothing that somebody typed into a form. */
  readonly about: Readonly<Record<string, string>> | undefined

  constructor(
    code: ErrorCode,
    options: {
      cause?: unknown
      fields?: Readonly<Record<string, FieldProblem>>
      retryAfterSeconds?: number
      about?: Readonly<Record<string, string>>
    } = {},
  ) {
    super(ERRORS[code].en, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.fields = options.fields
    this.retryAfterSeconds = options.retryAfterSeconds
    this.about = options.about
  }
}

export function problem(code: ErrorCode, fields?: Readonly<Record<string, FieldProblem>>): Problem {
  const { status, en } = ERRORS[code]
  return { type: 'about:blank', title: en, status, code, ...(fields && { fields }) }
}
