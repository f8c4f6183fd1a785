/** Errors of channels, stream keys, broadcasts and videos. Read through `errors.ts`, which holds all of them. */
import type { ErrorEntry } from './errors.ts'

export const STREAM_ERRORS = {
  video_mixed: {
    status: 409,
    id: 'Format video ini berubah di tengah, jadi tidak dapat menjadi satu berkas. Di Studio, potong dulu sampai hanya satu format yang tersisa.',
    en: 'This video changes its format in the middle, so it cannot be one file. In the studio, trim it first until one format is left.',
  },
  too_many_downloads: {
    status: 429,
    id: 'Terlalu banyak unduhan sekaligus. Tunggu sampai salah satunya selesai.',
    en: 'Too many downloads at once. Wait until one of them is done.',
  },
  captions_unreadable: {
    status: 422,
    id: 'Berkas takarir tidak dapat dipakai. Pakai WebVTT atau SRT (UTF-8), dengan waktu mulai sebelum selesai dan paling banyak 10.000 teks.',
    en: 'This file of captions cannot be used. Use WebVTT or SRT (UTF-8), with each start before its end and 10,000 texts at most.',
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
