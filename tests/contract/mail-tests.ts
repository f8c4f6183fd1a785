import { describe, expect, test } from 'vitest'
import { ApiClient } from '../support/api-client.ts'
import { eventually } from '../support/eventually.ts'
import { registerMember } from '../support/people.ts'
import type { Ready } from './target.ts'

export function addMailTests(ready: Ready): void {
  describe('mail', () => {
    test('brings a link for a forgotten password, which works once', async () => {
      const { url, mail } = ready()
      // An edge that was started by somebody else may send none.
      if (!mail) return
      const { username } = await registerMember(url)
      const client = new ApiClient(url)
      const json = { login: username, language: 'id' }
      const asked = await client.send('POST', '/api/accounts/password-reset-mails', { json })
      expect([asked.status, asked.text]).toEqual([202, ''])
      const code = await eventually('the mail arrives', () => {
        const sent = mail.taken.find(({ to }) => to[0] === `${username}@contoh.id`)
        return /\/reset-password#([a-z0-9]{32})$/m.exec(sent?.text ?? '')?.[1]
      })
      const use = () =>
        client.send('POST', '/api/accounts/password-resets', { json: { code, password: 'kata sandi lain' } })
      expect((await use()).status).toBe(204)
      expect((await use()).status).toBe(403)
      expect((await client.send('GET', '/api/me')).status).toBe(200)
    })
  })
}
