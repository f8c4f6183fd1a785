/** Errors of donations, deposits, withdrawals and cases. Read through `errors.ts`, which holds all of them. */
import type { ErrorEntry } from './errors.ts'

export const MONEY_ERRORS = {
  donations_closed: {
    status: 403,
    id: 'Kanal ini tidak menerima donasi.',
    en: 'This channel does not accept donations.',
  },
  donation_to_self: {
    status: 422,
    id: 'Anda tidak dapat berdonasi ke kanal sendiri.',
    en: 'You cannot donate to your own channel.',
  },
  balance_too_low: {
    status: 402,
    id: 'Saldo Anda tidak cukup. Isi saldo dulu, atau kurangi jumlahnya.',
    en: 'Your balance is too low. Top up first, or send less.',
  },
  deposit_too_small: {
    status: 422,
    id: 'Jumlahnya di bawah minimum isi saldo.',
    en: 'The amount is below the minimum for a top-up.',
  },
  too_many_deposits: {
    status: 409,
    id: 'Permintaan isi saldo Anda sudah terlalu banyak. Selesaikan atau batalkan dulu yang ada.',
    en: 'You have too many top-up requests. Finish or cancel those you have first.',
  },
  receiving_account_closed: {
    status: 409,
    id: 'Rekening tujuan ini sudah tidak dipakai. Pilih rekening lain.',
    en: 'This bank account is no longer used. Choose another.',
  },
  receiving_account_taken: {
    status: 409,
    id: 'Rekening ini sudah terdaftar.',
    en: 'This bank account is already listed.',
  },
  deposit_codes_used_up: {
    status: 503,
    id: 'Kode unik untuk jumlah ini sedang habis. Pilih jumlah atau rekening lain.',
    en: 'Every unique code for this amount is in use. Choose another amount or account.',
  },
  deposit_expired: {
    status: 409,
    id: 'Permintaan ini sudah kedaluwarsa. Buka lagi dulu.',
    en: 'This request has expired. Reopen it first.',
  },
  deposit_code_gone: {
    status: 409,
    id: 'Kode unik permintaan ini sudah dipakai lagi. Buat permintaan baru.',
    en: 'The unique code of this request is no longer yours. Make a new request.',
  },
  bank_transaction_used: {
    status: 409,
    id: 'Transaksi bank ini sudah pernah dicatat.',
    en: 'This bank transaction has been recorded before.',
  },
  bank_line_waits: {
    status: 409,
    id: 'Uang sejumlah ini sudah tercatat di Uang tanpa pemilik. Setujui dari sana.',
    en: 'This amount is recorded under Unmatched money already. Approve it there.',
  },
  bank_line_other_total: {
    status: 409,
    id: 'Jumlah di bank berbeda dari total permintaan.',
    en: 'The amount at the bank differs from the total of the request.',
  },
  account_frozen: {
    status: 403,
    id: 'Akun ini dibekukan. Hubungi admin.',
    en: 'This account is frozen. Ask an admin.',
  },
  account_gone: {
    status: 409,
    id: 'Akun ini sudah ditutup, jadi uang tidak dapat masuk ke sana.',
    en: 'This account is closed, so no money can go there.',
  },
  gateway_unavailable: {
    status: 503,
    id: 'Pembayaran QRIS sedang tidak dapat dihubungi. Coba lagi sebentar.',
    en: 'QRIS payments cannot be reached right now. Try again in a moment.',
  },
  notice_not_authentic: {
    status: 401,
    id: 'Pemberitahuan ini bukan dari gerbang pembayaran.',
    en: 'This notice is not of the payment gateway.',
  },
  refund_refused: {
    status: 409,
    id: 'Gerbang pembayaran tidak dapat mengembalikan uang ini. Simpan ke dompet Anda.',
    en: 'The payment gateway cannot return this money. Take it into your wallet instead.',
  },
  donation_fee_changed: {
    status: 409,
    id: 'Biaya platform berubah. Muat ulang halaman dan periksa jumlahnya.',
    en: 'The platform fee has changed. Reload the page and look at the amount.',
  },
  balance_suffices: {
    status: 409,
    id: 'Saldo Anda sudah cukup. Kirim donasinya langsung.',
    en: 'Your balance is enough. Send the donation right away.',
  },
  refund_too_late: {
    status: 409,
    id: 'Waktu untuk mengembalikan donasi ini sudah habis.',
    en: 'The time to give this donation back is over.',
  },
  receipt_invalid: {
    status: 422,
    id: 'Ini bukan tanda terima asli dari situs ini.',
    en: 'This is no genuine receipt of this site.',
  },
  statement_unknown: {
    status: 422,
    id: 'Berkas ini tidak dikenali sebagai mutasi rekening. Unduh lagi dari bank dalam bentuk CSV.',
    en: 'This file was not recognised as a bank statement. Export it from the bank again, as CSV.',
  },
  statement_too_long: {
    status: 413,
    id: 'Mutasi ini terlalu panjang. Unduh per minggu.',
    en: 'This statement has too many lines. Export it week by week.',
  },
  statement_other_account: {
    status: 409,
    id: 'Mutasi ini milik rekening lain. Pilih rekening yang sesuai.',
    en: 'This statement is of another account. Choose the account it belongs to.',
  },
  statement_changed: {
    status: 409,
    id: 'Permintaan berubah sejak pratinjau. Periksa pratinjau yang baru.',
    en: 'The requests have changed since the preview. Look at the new one.',
  },
  payout_account_missing: {
    status: 409,
    id: 'Isi dulu rekening Anda.',
    en: 'Set your bank account first.',
  },
  payout_account_cooling: {
    status: 409,
    id: 'Rekening ini baru diganti dan belum dapat dipakai.',
    en: 'This bank account was changed and cannot be used yet.',
  },
  withdrawal_too_small: {
    status: 422,
    id: 'Jumlahnya di bawah minimum penarikan.',
    en: 'The amount is below the minimum for a withdrawal.',
  },
  withdrawal_fee_changed: {
    status: 409,
    id: 'Biaya penarikan baru saja berubah. Muat ulang halaman.',
    en: 'The withdrawal fee has just changed. Reload the page.',
  },
  withdrawal_with_debt: {
    status: 409,
    id: 'Lunasi dulu utang Anda, lalu tarik saldo.',
    en: 'Repay what you owe first, then withdraw.',
  },
  too_many_withdrawals: {
    status: 409,
    id: 'Batas penarikan per hari sudah tercapai. Coba lagi besok.',
    en: 'The limit of withdrawals for a day is reached. Try again tomorrow.',
  },
  second_admin_needed: {
    status: 409,
    id: 'Jumlah ini perlu disetujui dua admin.',
    en: 'This amount must be approved by two admins.',
  },
  second_admin_too_new: {
    status: 409,
    id: 'Persetujuan admin yang baru ditambahkan belum dihitung. Lihat pada permintaannya sejak kapan.',
    en: 'The approval of an admin who was just added does not count yet. The request says from when on it does.',
  },
  account_name_unchecked: {
    status: 409,
    id: 'Periksa dulu identitas anggota dan nama pemilik rekening di bank.',
    en: 'Check the identity of the member and the name of the account holder at the bank first.',
  },
  names_differ: {
    status: 409,
    id: 'Namanya berbeda. Tulis alasannya bila memang orang yang sama, atau tolak penarikan ini.',
    en: 'The names differ. Write why they are the same person’s, or reject this withdrawal.',
  },
  nothing_owed: {
    status: 409,
    id: 'Tidak ada yang bisa dilunasi sekarang.',
    en: 'There is nothing that can be repaid now.',
  },
  wallet_full: {
    status: 409,
    id: 'Saldo akan melebihi batas dompet. Kurangi jumlahnya atau pakai saldonya dulu.',
    en: 'The balance would exceed what a wallet may hold. Choose less, or use some of it first.',
  },
  month_full: {
    status: 409,
    id: 'Batas uang masuk bulan ini sudah tercapai. Coba jumlah yang lebih kecil atau bulan depan.',
    en: 'The limit of incoming money for a month is reached. Try less, or next month.',
  },
  receiver_full: {
    status: 409,
    id: 'Penerima belum dapat menerima jumlah ini. Coba jumlah yang lebih kecil atau lain waktu.',
    en: 'The receiver cannot take this amount now. Try less, or another time.',
  },
  case_already_open: {
    status: 409,
    id: 'Laporan tentang transaksi ini masih berjalan. Tulis di sana.',
    en: 'There is a case about this transaction already. Write there.',
  },
  too_many_cases: {
    status: 409,
    id: 'Terlalu banyak laporan yang masih berjalan. Tunggu sampai ada yang selesai.',
    en: 'You have too many cases going on. Wait until one of them is closed.',
  },
  case_closed: {
    status: 409,
    id: 'Laporan ini sudah ditutup. Buat laporan baru bila masih ada masalah.',
    en: 'This case is closed. Open a new one when there is still a problem.',
  },
  case_full: {
    status: 409,
    id: 'Laporan ini sudah penuh. Minta admin menutupnya, lalu buat yang baru.',
    en: 'This case is full. Ask an admin to close it, then open a new one.',
  },
} as const satisfies Record<string, ErrorEntry>
