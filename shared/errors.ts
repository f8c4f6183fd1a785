import { MONEY_ERRORS } from './money-errors.ts'

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
  video_mixed: {
    status: 409,
    id: 'Format siaran berubah di tengah, jadi tidak dapat menjadi satu berkas. Potong bagian yang diperlukan dulu.',
    en: 'The broadcast changed its format in the middle, so it cannot be one file. Cut out the part that you need first.',
  },
  captions_unreadable: {
    status: 422,
    id: 'Berkas takarir tidak dapat dipakai. Pakai WebVTT atau SRT (UTF-8), dengan waktu mulai sebelum selesai dan paling banyak 10.000 teks.',
    en: 'This file of captions cannot be used. Use WebVTT or SRT (UTF-8), with each start before its end and 10,000 texts at most.',
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
  setup_required: { status: 503, id: 'Situs ini belum disiapkan.', en: 'This site has not been set up yet.' },
  setup_done: { status: 409, id: 'Situs ini sudah disiapkan.', en: 'This site is already set up.' },
  setup_code_wrong: {
    status: 403,
    id: 'Kode penyiapan salah. Lihat catatan server.',
    en: 'The setup code is wrong. Look in the server log.',
  },
  sign_in_required: { status: 401, id: 'Silakan masuk dulu.', en: 'Please sign in first.' },
  admin_required: { status: 401, id: 'Silakan masuk sebagai admin.', en: 'Please sign in as an admin.' },
  credentials_wrong: {
    status: 401,
    id: 'Nama pengguna atau kata sandi salah. Periksa, lalu coba lagi.',
    en: 'The username or password is wrong. Check both and try again.',
  },
  current_password_wrong: {
    status: 403,
    id: 'Kata sandi sekarang salah. Periksa, lalu coba lagi.',
    en: 'The current password is wrong. Check it and try again.',
  },
  factor_required: {
    status: 401,
    id: 'Isi kode dari aplikasi autentikator Anda.',
    en: 'Type the code from your authenticator app.',
  },
  factor_wrong: {
    status: 401,
    id: 'Kode salah, kedaluwarsa, atau sudah dipakai. Tunggu kode berikutnya, lalu coba lagi.',
    en: 'The code is wrong, too old or already used. Wait for the next one and try again.',
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
  registration_closed: {
    status: 403,
    id: 'Pendaftaran sedang ditutup. Hubungi pengelola situs.',
    en: 'Registration is closed. Ask whoever runs this site.',
  },
  invite_wrong: {
    status: 403,
    id: 'Undangan tidak berlaku atau sudah dipakai. Minta undangan baru.',
    en: 'The invitation is not valid or was already used. Ask for a new one.',
  },
  reset_link_wrong: {
    status: 403,
    id: 'Tautan ini tidak berlaku lagi. Minta tautan baru.',
    en: 'This link is not valid any more. Ask for a new one.',
  },
  account_not_empty: {
    status: 409,
    id: 'Masih ada uang di akun ini. Tarik dulu saldo Anda sampai nol.',
    en: 'There is still money in this account. Withdraw your balance first.',
  },
  account_busy: {
    status: 409,
    id: 'Masih ada siaran, isi saldo, atau laporan yang berjalan. Selesaikan atau batalkan dulu.',
    en: 'A broadcast, a top-up or a case is still going on. Finish or cancel it first.',
  },
  email_link_wrong: {
    status: 403,
    id: 'Tautan ini tidak berlaku lagi. Ganti alamat email sekali lagi di halaman Akun.',
    en: 'This link is not valid any more. Change the address again on the account page.',
  },
  email_taken: {
    status: 409,
    id: 'Email ini sudah terdaftar. Masuk saja, atau pakai email lain.',
    en: 'This e-mail address is already registered. Sign in, or use another.',
  },
  username_taken: {
    status: 409,
    id: 'Nama pengguna ini sudah dipakai. Pilih yang lain.',
    en: 'This username is taken. Choose another.',
  },
  slug_taken: {
    status: 409,
    id: 'Alamat kanal ini sudah dipakai. Pilih yang lain.',
    en: 'This channel address is taken. Choose another.',
  },
  channel_on_air: {
    status: 409,
    id: 'Alamat kanal tidak dapat diganti selama siaran berlangsung. Tunggu sampai selesai.',
    en: 'The channel address cannot be changed during a broadcast. Wait until it ends.',
  },
  channel_off_air: {
    status: 409,
    id: 'Kanal sedang tidak siaran.',
    en: 'The channel is not on air.',
  },
  too_many_marks: {
    status: 409,
    id: 'Siaran ini sudah punya 200 momen.',
    en: 'This broadcast has 200 marked moments already.',
  },
  right_already_held: { status: 409, id: 'Hak ini sudah Anda miliki.', en: 'You already have this right.' },
  request_already_open: {
    status: 409,
    id: 'Permohonan Anda masih menunggu keputusan.',
    en: 'Your request is still waiting for a decision.',
  },
  request_already_decided: {
    status: 409,
    id: 'Permohonan ini sudah diputuskan.',
    en: 'This request has already been decided.',
  },
  right_missing: {
    status: 403,
    id: 'Hak ini belum diberikan. Ajukan di halaman Akun.',
    en: 'This right has not been granted. Ask for it on the account page.',
  },
  key_revoked: {
    status: 409,
    id: 'Kunci Stream ini sudah dicabut. Buat yang baru.',
    en: 'This stream key has been revoked. Make a new one.',
  },
  key_shown_once: {
    status: 409,
    id: 'Kunci pendek hanya tampil sekali. Buat yang baru bila hilang.',
    en: 'A short key is shown once. Make a new one if it is lost.',
  },
  too_many_restreams: {
    status: 409,
    id: 'Tujuan siaran ulang sudah penuh. Hapus yang tidak dipakai.',
    en: 'There are as many restream targets as allowed. Delete one first.',
  },
  too_many_keys: {
    status: 409,
    id: 'Terlalu banyak Kunci Stream. Cabut yang tidak dipakai.',
    en: 'Too many stream keys. Revoke those you do not use.',
  },
  ...MONEY_ERRORS,
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
  video_in_progress: {
    status: 409,
    id: 'Siaran ini masih direkam. Hapus setelah siaran selesai.',
    en: 'This broadcast is still being recorded. Delete it when the broadcast is over.',
  },
  video_taken_down: {
    status: 409,
    id: 'Video ini diturunkan admin, jadi tidak dapat diterbitkan.',
    en: 'An admin has taken this video down, so it cannot be published.',
  },
  stream_offline: { status: 404, id: 'Siaran sedang tidak berlangsung.', en: 'The channel is not live.' },
  audience_full: {
    status: 503,
    id: 'Penonton sudah penuh. Tunggu sebentar.',
    en: 'The audience is full. Wait a moment.',
  },
  viewer_token_required: {
    status: 401,
    id: 'Siaran ini khusus anggota. Buka halaman kanalnya dan masuk.',
    en: 'This broadcast is for members. Open the page of the channel and sign in.',
  },
  segment_gone: {
    status: 410,
    id: 'Bagian siaran ini sudah lewat.',
    en: 'This part of the broadcast has passed.',
  },
  too_far_ahead: {
    status: 400,
    id: 'Bagian siaran ini belum ada.',
    en: 'This part of the broadcast does not exist yet.',
  },
  held_too_long: {
    status: 503,
    id: 'Siaran tidak bergerak. Coba lagi.',
    en: 'The broadcast did not advance in time. Try again.',
  },
  origin_unreachable: {
    status: 503,
    id: 'Server siaran tidak dapat dijangkau. Coba lagi.',
    en: 'The streaming server cannot be reached. Try again.',
  },
  broadcast_refused: { status: 403, id: 'Siaran ditolak.', en: 'The broadcast was refused.' },
  key_of_other_channel: {
    status: 403,
    id: 'Kunci Stream ini milik kanal lain.',
    en: 'This stream key belongs to another channel.',
  },
  too_many_broadcasts: {
    status: 409,
    id: 'Sudah terlalu banyak kanal yang siaran. Coba lagi nanti.',
    en: 'Too many channels are on air. Try again later.',
  },
  already_live: {
    status: 409,
    id: 'Kanal ini sedang siaran dengan kunci lain.',
    en: 'The channel is already live with another key.',
  },
  kicked_recently: {
    status: 403,
    id: 'Siaran kanal ini baru saja diakhiri admin. Tunggu beberapa menit.',
    en: 'An admin has just ended a broadcast of this channel. Wait a few minutes.',
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
