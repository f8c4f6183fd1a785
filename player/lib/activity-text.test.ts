import { beforeEach, describe, expect, it, vi } from 'vitest'
import { ACTIVITY_ACTIONS } from '../../shared/contracts/activity.ts'
import { END_REASONS } from '../../shared/contracts/internal.ts'
import { LANGUAGES, setLanguage } from '../i18n/language.ts'
import { activityText } from './activity-text.ts'

// The page's language is told to the document, which there is none of here.
vi.stubGlobal('document', { documentElement: {} })

const ZONE = 'Asia/Jakarta'
const pairs = (action: (typeof ACTIVITY_ACTIONS)[number], details: Record<string, unknown>): string[] =>
  activityText({ action, details }, ZONE).details.map(({ label, value }) => `${label}: ${value}`)

beforeEach(() => setLanguage('id'))

describe('activityText()', () => {
  it.each(LANGUAGES)('has a text of its own for every action (%s)', (language) => {
    setLanguage(language)
    const titles = ACTIVITY_ACTIONS.map((action) => activityText({ action, details: {} }, ZONE).title)
    expect(titles.every((title) => title.length > 0 && !title.includes('_'))).toBe(true)
    expect(new Set(titles).size).toBe(ACTIVITY_ACTIONS.length)
  })

  it('writes money, times, rights and choices as a reader would', () => {
    expect(pairs('donation_made', { channel: 'dewi', amountRupiah: 10_000, isAnonymous: true })).toEqual([
      'Kanal: dewi',
      'Jumlah: Rp10.000',
      'Anonim: ya',
    ])
    expect(pairs('right_granted', { member: 'budi', right: 'on_air', note: '' })).toEqual([
      'Anggota: budi',
      'Hak: siaran langsung',
    ])
    expect(pairs('invite_made', { expiresAt: Date.UTC(2026, 10, 21, 3, 30) })).toEqual([
      'Berlaku sampai: 21 Nov 2026, 10.30 WIB',
    ])
    expect(pairs('channel_changed', { title: 'low', memo: true, latencyMode: 'low' })).toEqual([
      'Judul: low',
      'Tentang kanal: diubah',
      'Kelambatan: rendah',
    ])
    setLanguage('en')
    expect(pairs('site_changed', { donationsEnabled: false, homeChannel: null })).toEqual(['Donations: no'])
  })

  it.each(LANGUAGES)('translates why a broadcast ended, and leaves what a person wrote (%s)', (language) => {
    setLanguage(language)
    for (const reason of END_REASONS)
      expect(pairs('went_off_air', { reason })[0]?.split(': ')[1]).not.toMatch(/_|^stopped$|^lost$/)
    expect(pairs('broadcast_kicked', { reason: 'Isi siaran tidak pantas' })[0]).toMatch(/Isi siaran/)
  })

  it('shows no bare ids and nothing it does not know', () => {
    const ids = { jti: '01k', channelId: '01k', donationId: '01k', transferId: '01k', broadcast: '01k' }
    expect(pairs('key_issued', { ...ids, name: 'OBS', odd: { nested: 1 } })).toEqual(['Nama: OBS'])
  })
})
