import { describe, expect, test } from 'vitest'
import { type MailSubject, mailText } from './texts.ts'

const SENDER = { site: 'Panggung Uji', publicUrl: 'https://panggung.example', username: 'rini' }
const LINK = 'https://panggung.example/reset-password#abc'

/** What a member may switch off, and what comes in any case: that an account is in danger. */
const SUBJECTS: readonly (readonly [subject: MailSubject, isWished: boolean])[] = [
  [{ kind: 'password_reset', link: LINK, minutes: 30 }, false],
  [{ kind: 'email_change', link: LINK, hours: 24 }, false],
  [{ kind: 'email_changing', email: 'baru@contoh.id' }, false],
  [{ kind: 'new_device', device: 'Firefox, Linux', time: '21.00' }, false],
  [{ kind: 'donations', count: 3, totalRupiah: 60_000 }, true],
  [
    {
      kind: 'decision',
      notification: {
        kind: 'deposit_decided',
        id: '01m802zya4pjpzzs4m8qwnp7s1',
        createdAt: 0,
        readAt: null,
        depositId: '01m802zya4pjpzzs4m8qwnp7s2',
        decision: 'approved',
        totalRupiah: 50_123,
        reason: null,
      },
    },
    true,
  ],
]
const SETTINGS = { id: 'Ubah surat yang Anda terima:', en: 'Change which mails you get:' } as const

describe.each(['id', 'en'] as const)('in %s', (language) => {
  test.each(SUBJECTS)('$kind', (subject, isWished) => {
    const mail = mailText(language, subject, SENDER)
    expect(mail.subject.endsWith(' · Panggung Uji')).toBe(true)
    const paragraphs = mail.text.split('\n\n')
    expect(paragraphs[0]).toMatch(/ rini,$/)
    expect(paragraphs.at(-1)).toBe('-- \nPanggung Uji\nhttps://panggung.example\n')
    // Where it can be switched off, and only there.
    expect(mail.text.includes(`${SETTINGS[language]} https://panggung.example/account`)).toBe(isWished)
    expect(paragraphs.includes(LINK)).toBe('link' in subject)
  })
})
