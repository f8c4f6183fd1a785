import { describe, expect, test } from 'vitest'
import { Admin } from '../../shared/contracts/admin.ts'
import { Site } from '../../shared/contracts/site.ts'
import { ApiClient, codeOf } from '../support/api-client.ts'
import { ADMIN, PASSWORD, setUpSite, setupRequest } from '../support/people.ts'
import type { ContractTarget } from './target.ts'

/** Runs first: an installation is set up once in its life. */
export function addSetupTests(target: () => ContractTarget, whenReady: (admin: ApiClient) => void): void {
  describe('first visit', () => {
    test('a new installation says that it is not set up, and nobody can register yet', async () => {
      const visitor = new ApiClient(target().url)
      expect((await visitor.get('/api/site', Site)).isSetUp).toBe(false)
      const request = { email: 'a@contoh.id', username: 'terlalu-awal', password: PASSWORD }
      const answer = await visitor.send('POST', '/api/accounts/register', { json: request })
      expect(codeOf(answer)).toBe('setup_required')
    })

    test('the code from the log is needed', async () => {
      const { url } = target()
      const visitor = new ApiClient(url)
      const answer = await visitor.send('POST', '/api/setup', { json: setupRequest('salah-kodenya', url) })
      expect(codeOf(answer)).toBe('setup_code_wrong')
      expect((await visitor.get('/api/site', Site)).isSetUp).toBe(false)
    })

    test('wrong fields are named', async () => {
      const { url, setupCode } = target()
      const request = setupRequest(setupCode, url, { timeZone: 'Mars/Olympus', publicUrl: 'bukan alamat' })
      const answer = await new ApiClient(url).send('POST', '/api/setup', { json: request })
      expect(codeOf(answer)).toBe('invalid_input')
      const { fields } = JSON.parse(answer.text) as { fields: Record<string, string> }
      expect(Object.keys(fields)).toEqual(expect.arrayContaining(['site.timeZone', 'site.publicUrl']))
    })

    test('two setups at once make one admin, who is signed in', async () => {
      const { url, setupCode } = target()
      const attempts = await Promise.allSettled([setUpSite(setupCode, url), setUpSite(setupCode, url)])
      const made = attempts.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
      expect(made).toHaveLength(1)
      const [admin] = made
      if (!admin) return
      expect((await admin.get('/api/admin/me', Admin)).username).toBe(ADMIN.username)
      whenReady(admin)
    })

    test('the second setup is refused, also with the right code', async () => {
      const { url, setupCode } = target()
      const answer = await new ApiClient(url).send('POST', '/api/setup', {
        json: setupRequest(setupCode, url),
      })
      expect(codeOf(answer)).toBe('setup_done')
      expect(await new ApiClient(url).get('/api/site', Site)).toMatchObject({
        isSetUp: true,
        name: 'Panggung Uji',
        timeZone: 'Asia/Jakarta',
        registration: 'open',
        donationsEnabled: true,
      })
    })
  })
}
