/** Errors of setting up, signing in, accounts and their rights. Read through `errors.ts`, which holds all of them. */
import type { ErrorEntry } from './errors.ts'

export const ACCOUNT_ERRORS = {
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
} as const satisfies Record<string, ErrorEntry>
