/** What mails say: plain text, in the member's language. Pure. */
import type { Notification } from '../../shared/contracts/accounts.ts'
import type { MailLanguage } from '../../shared/contracts/mail.ts'
import { formatRupiah } from '../../shared/rupiah.ts'

export interface MailText {
  readonly subject: string
  readonly text: string
}

/** What a mail is about, with what it needs to say so. */
export type MailSubject =
  | { readonly kind: 'password_reset'; readonly link: string; readonly minutes: number }
  | { readonly kind: 'email_change'; readonly link: string; readonly hours: number }
  | { readonly kind: 'email_changing'; readonly email: string }
  | { readonly kind: 'new_device'; readonly device: string; readonly time: string }
  | { readonly kind: 'decision'; readonly notification: Notification }
  | { readonly kind: 'donations'; readonly count: number; readonly totalRupiah: number }

interface Sender {
  readonly site: string
  readonly publicUrl: string
  readonly username: string
}

export function mailText(language: MailLanguage, subject: MailSubject, sender: Sender): MailText {
  const [title, ...lines] = PARAGRAPHS[language](subject, sender)
  const { hello, settings } = FRAME[language]
  const isWished = subject.kind === 'decision' || subject.kind === 'donations'
  const paragraphs = [
    `${hello} ${sender.username},`,
    ...lines,
    ...(isWished ? [`${settings} ${sender.publicUrl}/account`] : []),
    `-- \n${sender.site}\n${sender.publicUrl}`,
  ]
  return { subject: `${title} · ${sender.site}`, text: `${paragraphs.join('\n\n')}\n` }
}

const FRAME = {
  id: { hello: 'Halo', settings: 'Ubah surat yang Anda terima:' },
  en: { hello: 'Hello', settings: 'Change which mails you get:' },
} as const

/** The subject, then paragraphs. */
type Paragraphs = (subject: MailSubject, sender: Sender) => readonly [string, ...string[]]

const PARAGRAPHS: Readonly<Record<MailLanguage, Paragraphs>> = {
  id(subject, { publicUrl }) {
    switch (subject.kind) {
      case 'password_reset':
        return [
          'Kata sandi baru',
          `Buka tautan ini untuk memilih kata sandi baru. Berlaku sekali, ${subject.minutes} menit:`,
          subject.link,
          'Bukan Anda yang meminta? Abaikan surat ini; tidak ada yang berubah.',
        ]
      case 'email_change':
        return [
          'Pastikan alamat email Anda',
          `Buka tautan ini untuk memakai alamat ini di akun Anda. Berlaku sekali, ${subject.hours} jam:`,
          subject.link,
          'Bukan Anda yang meminta? Abaikan surat ini; tidak ada yang berubah.',
        ]
      case 'email_changing':
        return [
          'Alamat email akan diganti',
          `Seseorang yang tahu kata sandi Anda meminta agar akun ini memakai alamat ${subject.email}.`,
          `Bukan Anda? Ganti kata sandi sekarang: ${publicUrl}/account`,
        ]
      case 'new_device':
        return [
          'Masuk dari perangkat baru',
          `Akun Anda baru saja masuk dari perangkat yang belum dikenal: ${subject.device}, ${subject.time}.`,
          `Bukan Anda? Ganti kata sandi sekarang: ${publicUrl}/account`,
        ]
      case 'donations':
        return [
          `${subject.count} donasi baru`,
          `Anda menerima ${subject.count} donasi, jumlahnya ${formatRupiah(subject.totalRupiah)}.`,
          `Selengkapnya: ${publicUrl}/account`,
        ]
      case 'decision':
        return [decisionId(subject.notification), `Selengkapnya: ${publicUrl}/account`]
    }
  },
  en(subject, { publicUrl }) {
    switch (subject.kind) {
      case 'password_reset':
        return [
          'New password',
          `Open this link to choose a new password. It works once, for ${subject.minutes} minutes:`,
          subject.link,
          'Was it not you who asked? Ignore this mail; nothing has changed.',
        ]
      case 'email_change':
        return [
          'Confirm your e-mail address',
          `Open this link to use this address for your account. It works once, for ${subject.hours} hours:`,
          subject.link,
          'Was it not you who asked? Ignore this mail; nothing has changed.',
        ]
      case 'email_changing':
        return [
          'Your e-mail address is about to change',
          `Somebody who knows your password asked that this account uses the address ${subject.email}.`,
          `Not you? Change your password now: ${publicUrl}/account`,
        ]
      case 'new_device':
        return [
          'Sign-in from a new device',
          `Your account was just signed in from a device it did not know: ${subject.device}, ${subject.time}.`,
          `Not you? Change your password now: ${publicUrl}/account`,
        ]
      case 'donations':
        return [
          `New donations: ${subject.count}`,
          `Donations received: ${subject.count}, in all ${formatRupiah(subject.totalRupiah)}.`,
          `More: ${publicUrl}/account`,
        ]
      case 'decision':
        return [decisionEn(subject.notification), `More: ${publicUrl}/account`]
    }
  },
}

function decisionId(notification: Notification): string {
  switch (notification.kind) {
    case 'right_decided':
      return notification.granted ? 'Permohonan Anda disetujui' : 'Permohonan Anda ditolak atau hak dicabut'
    case 'deposit_decided':
      return `Isi saldo ${formatRupiah(notification.totalRupiah)} ${DECISIONS_ID[notification.decision]}`
    case 'withdrawal_decided':
      return `Penarikan ${formatRupiah(notification.amountRupiah)} ${DECISIONS_ID[notification.decision]}`
    default:
      return 'Ada kabar di akun Anda'
  }
}

function decisionEn(notification: Notification): string {
  switch (notification.kind) {
    case 'right_decided':
      return notification.granted
        ? 'Your request was granted'
        : 'Your request was refused or a right withdrawn'
    case 'deposit_decided':
      return `Top-up of ${formatRupiah(notification.totalRupiah)} ${DECISIONS_EN[notification.decision]}`
    case 'withdrawal_decided':
      return `Withdrawal of ${formatRupiah(notification.amountRupiah)} ${DECISIONS_EN[notification.decision]}`
    default:
      return 'There is news in your account'
  }
}

const DECISIONS_ID = {
  approved: 'disetujui',
  rejected: 'ditolak',
  reversed: 'ditarik kembali',
  paid: 'sudah ditransfer',
  released: 'ditolak',
} as const

const DECISIONS_EN = {
  approved: 'approved',
  rejected: 'rejected',
  reversed: 'reversed',
  paid: 'has been paid',
  released: 'was rejected',
} as const
