import { expect, it, vi } from 'vitest'
import type { Notification } from '../../shared/contracts/accounts.ts'
import { setLanguage } from '../i18n/language.ts'
import { notificationText } from './notification-text.ts'

// The page's language is told to the document, which there is none of here.
vi.stubGlobal('document', { documentElement: {} })

const common = { id: '01k00000000000000000000000', createdAt: 0, readAt: null }
const donation = {
  ...common,
  kind: 'donation_received',
  channel: 'dewi',
  donationId: '01k00000000000000000000001',
  senderName: 'Budi',
  message: 'Semangat!',
  amountRupiah: 10_000,
  isAlert: true,
  heldUntil: null,
} as const satisfies Notification

const ending = {
  ...common,
  kind: 'broadcast_ended',
  channel: 'dewi',
  broadcastId: '01k00000000000000000000002',
  heldUntil: null,
} as const

it.each([
  ['id', donation, 'Budi mengirim Rp10.000', ['Semangat!']],
  ['en', { ...donation, senderName: null, message: null }, 'Someone sent Rp10.000', []],
  ['en', { ...donation, message: '', isAlert: false }, 'Budi sent Rp10.000', [/Below the minimum/]],
  [
    'id',
    { ...common, kind: 'right_decided', right: 'on_air', granted: true, isWithdrawn: false, note: null },
    'Permohonan “Siaran langsung” disetujui',
    [],
  ],
  [
    'en',
    {
      ...common,
      kind: 'right_decided',
      right: 'donations',
      granted: false,
      isWithdrawn: false,
      note: 'Not yet',
    },
    'Your request “Receive donations” was refused',
    [/Not yet/],
  ],
  [
    'id',
    { ...common, kind: 'right_decided', right: 'on_air', granted: false, isWithdrawn: true, note: null },
    'Hak “Siaran langsung” dicabut',
    [],
  ],
  [
    'en',
    { ...ending, reason: 'kicked', note: 'Wrong room', heldUntil: Date.UTC(2026, 10, 21, 8, 7) },
    'The broadcast on dewi was ended',
    [/An admin ended/, /again at 15:07 WIB/, /Wrong room/],
  ],
  ['id', { ...ending, reason: 'key_revoked', note: null }, 'Siaran di kanal dewi diakhiri', [/dicabut/]],
  [
    'id',
    { ...common, kind: 'balance_credited', amountRupiah: 1_500_000, reason: 'Setoran tunai' },
    'Saldo Anda bertambah Rp1.500.000',
    [/Setoran tunai/],
  ],
  [
    'id',
    {
      ...common,
      kind: 'video_takedown',
      channel: 'dewi',
      videoId: '01k00000000000000000000003',
      title: 'Kuliah',
      isTakenDown: true,
      reason: 'Bukan milik Anda',
    },
    'Admin menurunkan sebuah video di kanal dewi',
    [/^Kuliah$/, /Bukan milik Anda/],
  ],
] as const)('says what happened (%s, %o)', (language, notification, title, lines) => {
  setLanguage(language)
  const text = notificationText(notification, 'Asia/Jakarta')
  expect(text.title).toBe(title)
  expect(text.lines).toHaveLength(lines.length)
  for (const [index, line] of lines.entries()) expect(text.lines[index]).toMatch(line)
})
