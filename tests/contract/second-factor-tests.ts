import { TOTP } from 'otpauth'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { BegunFactor, NewAdmin, RecoveryCodes } from '../../shared/contracts/admin.ts'
import { ApiClient, codeOf } from '../support/api-client.ts'
import { freshName } from '../support/people.ts'
import type { Ready } from './target.ts'

const OWN = '/api/admin/me/second-factor'
const STEP_MS = 30_000

export function addSecondFactorTests(ready: Ready): void {
  describe('the second factor of an admin', () => {
    test('is asked for after the password, and each code works once', async () => {
      const { url, admin } = ready()
      const { username, password } = await admin.post(
        '/api/admin/admins',
        { username: freshName('rekan') },
        NewAdmin,
      )
      const signIn = async (code?: string) => {
        const client = new ApiClient(url)
        const json = { login: username, password, ...(code !== undefined && { code }) }
        return { client, answer: await client.send('POST', '/api/admin/sign-in', { json }) }
      }
      const { client } = await signIn()
      const { secret } = await client.post(OWN, { password }, BegunFactor)
      const totp = new TOTP({ secret })
      const first = totp.generate()
      const confirmed = await client.send('PUT', OWN, { json: { code: first } })
      expect(confirmed.status).toBe(200)
      const { codes } = v.parse(RecoveryCodes, JSON.parse(confirmed.text))
      expect(codeOf((await signIn()).answer)).toBe('factor_required')
      expect(codeOf((await signIn(first)).answer)).toBe('factor_wrong')
      // Clocks may differ by a step, so the next code is good already.
      const next = totp.generate({ timestamp: Date.now() + STEP_MS })
      const answers = await Promise.all([signIn(next), signIn(next)])
      expect(answers.map(({ answer }) => answer.status).toSorted((a, b) => a - b)).toEqual([200, 401])
      expect((await signIn(codes[0])).answer.status).toBe(200)
      expect(codeOf((await signIn(codes[0])).answer)).toBe('factor_wrong')
    })
  })
}
