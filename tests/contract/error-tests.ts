import { describe, expect, test } from 'vitest'
import { ApiClient, codeOf, problemOf } from '../support/api-client.ts'
import { registerMember } from '../support/people.ts'
import type { Ready } from './target.ts'

export function addErrorTests(ready: Ready): void {
  describe('errors', () => {
    const post = (body: string, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
      new ApiClient(ready().url).send('POST', '/api/accounts/sign-in', { body, headers })

    test('every refusal is problem+json with a code, a title and its status, and is not kept', async () => {
      const answer = await new ApiClient(ready().url).send('GET', '/api/me')
      expect(problemOf(answer)).toMatchObject({ type: 'about:blank', status: 401, code: 'sign_in_required' })
      expect(answer.headers.get('cache-control')).toBe('no-store')
    })

    test('an unknown API path is not found, also in this form', async () => {
      expect(codeOf(await new ApiClient(ready().url).send('GET', '/api/tidak/ada'))).toBe('not_found')
    })

    test.each(['{', '[]]', '\u0000', '"\\ud800"'])(
      'the body %j is no accident of the server',
      async (body) => {
        const answer = await post(body)
        expect(answer.status).toBeGreaterThanOrEqual(400)
        expect(answer.status).toBeLessThan(500)
      },
    )

    test('a body that is too long is refused', async () => {
      expect(codeOf(await post(JSON.stringify({ login: 'x'.repeat(100_000) })))).toBe('body_too_large')
    })

    test('nothing but JSON is read', async () => {
      const answer = await post('login=a', { 'content-type': 'application/x-www-form-urlencoded' })
      expect(codeOf(answer)).toBe('unsupported_media_type')
    })

    test('a prototype in the body changes nothing', async () => {
      const { client } = await registerMember(ready().url)
      const answer = await client.send('POST', '/api/me/right-requests', {
        body: '{"__proto__":{"right":"on_air"},"reason":"cukup panjang"}',
        headers: { 'content-type': 'application/json' },
      })
      expect(codeOf(answer)).toBe('invalid_input')
    })

    test('internal routes tell a stranger nothing', async () => {
      const visitor = new ApiClient(ready().url)
      expect([401, 403]).toContain((await visitor.send('GET', '/internal/status?origin=x')).status)
    })
  })
}
