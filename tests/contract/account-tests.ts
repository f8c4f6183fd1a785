import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { Member } from '../../shared/contracts/accounts.ts'
import { Activity } from '../../shared/contracts/activity.ts'
import { AdminRightRequest } from '../../shared/contracts/admin.ts'
import { RightRequest } from '../../shared/contracts/accounts.ts'
import { ApiClient, codeOf, problemOf } from '../support/api-client.ts'
import {
  ADMIN,
  freshName,
  grant,
  makeStreamer,
  PASSWORD,
  registerMember,
  signIn,
  signInAdmin,
  withdraw,
} from '../support/people.ts'
import type { Ready } from './target.ts'

const Requests = v.object({ requests: v.array(AdminRightRequest) })

export function addAccountTests(ready: Ready): void {
  describe('accounts', () => {
    test('registering signs in, with an empty wallet and no rights', async () => {
      const person = await registerMember(ready().url)
      const member = await person.client.get('/api/me', Member)
      expect(member).toMatchObject({ username: person.username, rights: [], balanceRupiah: 0 })
    })

    test('name and address are taken in any spelling', async () => {
      const { username, client } = await registerMember(ready().url)
      const attempt = (email: string, name: string) =>
        client.send('POST', '/api/accounts/register', {
          json: { email, username: name, password: PASSWORD },
        })
      expect(codeOf(await attempt(`${freshName('lain')}@contoh.id`, username.toUpperCase()))).toBe(
        'username_taken',
      )
      expect(codeOf(await attempt(`${username}@CONTOH.ID`, freshName('lain')))).toBe('email_taken')
    })

    test('two registrations of one name at once make one member', async () => {
      const { url } = ready()
      const username = freshName('kembar')
      const answers = await Promise.all(
        [1, 2, 3].map((n) =>
          new ApiClient(url).send('POST', '/api/accounts/register', {
            json: { email: `${username}${n}@contoh.id`, username, password: PASSWORD },
          }),
        ),
      )
      expect(answers.map((answer) => answer.status).filter((status) => status === 201)).toHaveLength(1)
    })

    test('every wrong field is named at once', async () => {
      const answer = await new ApiClient(ready().url).send('POST', '/api/accounts/register', {
        json: { email: 'bukan', username: 'a', password: 'pendek' },
      })
      expect(problemOf(answer)).toMatchObject({
        code: 'invalid_input',
        status: 422,
        fields: { username: 'too_short', password: 'too_short', email: 'malformed' },
      })
    })

    test('signing in works by name and by address, and a wrong one looks like a wrong password', async () => {
      const { url } = ready()
      const { username } = await registerMember(url)
      expect((await signIn(url, username)).username).toBe(username)
      expect((await signIn(url, `${username}@contoh.id`)).username).toBe(username)
      const attempt = (login: string, password: string) =>
        new ApiClient(url).send('POST', '/api/accounts/sign-in', { json: { login, password } })
      expect(codeOf(await attempt(username, 'kata sandi salah'))).toBe('credentials_wrong')
      expect(codeOf(await attempt(freshName('tiada'), PASSWORD))).toBe('credentials_wrong')
    })

    test('ten wrong passwords from one place are enough, also for the right one', async () => {
      const { url } = ready()
      const { username } = await registerMember(url)
      const attempt = (password: string) =>
        new ApiClient(url).send('POST', '/api/accounts/sign-in', { json: { login: username, password } })
      // All at once: each is counted before its password is looked at.
      const answers = await Promise.all(Array.from({ length: 12 }, (_, n) => attempt(`salah sandi ${n}`)))
      const codes = answers.map(codeOf)
      expect(codes.filter((code) => code === 'credentials_wrong').length).toBeLessThanOrEqual(10)
      expect(codes).toContain('rate_limited')
      const refused = await attempt(PASSWORD)
      expect(codeOf(refused)).toBe('rate_limited')
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(60)
    })

    test('cookies are out of the reach of scripts and of other sites', async () => {
      const { client } = await registerMember(ready().url)
      const names = client.cookies.map(({ name }) => name)
      expect(names.toSorted()).toEqual(['panggung_member', 'panggung_member_device'])
      for (const { attributes } of client.cookies) {
        expect(attributes).toMatch(/HttpOnly/i)
        expect(attributes).toMatch(/SameSite=(?:Lax|Strict)/i)
      }
    })

    test('signing out ends the session at the server, not only in the browser', async () => {
      const { client } = await registerMember(ready().url)
      const cookie = client.cookieFor('/api/me')
      await client.command('POST', '/api/accounts/sign-out')
      const stolen = await new ApiClient(ready().url).send('GET', '/api/me', { headers: { cookie } })
      expect(codeOf(stolen)).toBe('sign_in_required')
    })

    test('members and admins have sessions of their own', async () => {
      const { url, admin } = ready()
      const { client } = await registerMember(url)
      expect(codeOf(await client.send('GET', '/api/admin/me'))).toBe('admin_required')
      expect(codeOf(await admin.send('GET', '/api/me'))).toBe('sign_in_required')
      const member = await new ApiClient(url).send('POST', '/api/accounts/sign-in', {
        json: { login: ADMIN.username, password: ADMIN.password },
      })
      expect(codeOf(member)).toBe('credentials_wrong')
      await (await signInAdmin(url)).command('POST', '/api/admin/sign-out')
    })
  })

  describe('requests from other sites', () => {
    test.each([
      ['another origin', { origin: 'https://jahat.example', 'sec-fetch-site': 'cross-site' }],
      ['a sibling subdomain', { origin: 'https://lain.contoh.id', 'sec-fetch-site': 'same-site' }],
      ['an opaque origin', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
    ])('from %s are refused although the cookie is there', async (_what, headers) => {
      const { client } = await registerMember(ready().url)
      const answer = await client.send('POST', '/api/accounts/sign-out', { headers })
      expect(codeOf(answer)).toBe('cross_site')
      expect((await client.send('GET', '/api/me')).status).toBe(200)
    })

    test('a form post is refused', async () => {
      const { client } = await registerMember(ready().url)
      const answer = await client.send('POST', '/api/me/right-requests', {
        body: '{"right":"on_air","reason":"formulir"}',
        headers: { 'content-type': 'text/plain' },
      })
      expect(codeOf(answer)).toBe('unsupported_media_type')
    })
  })

  describe('rights', () => {
    test('a member asks with a reason, once, and an admin decides, once', async () => {
      const { url, admin } = ready()
      const person = await registerMember(url)
      const ask = () =>
        person.client.send('POST', '/api/me/right-requests', {
          json: { right: 'on_air', reason: 'Siaran penyuluhan gizi' },
        })
      expect((await ask()).status).toBe(201)
      expect(codeOf(await ask())).toBe('request_already_open')
      const { requests } = await admin.get('/api/admin/right-requests?state=open', Requests)
      const request = requests.find((each) => each.member.id === person.id)
      expect(request).toMatchObject({ right: 'on_air', reason: 'Siaran penyuluhan gizi' })
      const decide = () =>
        admin.send('POST', `/api/admin/right-requests/${request?.id}`, {
          json: { decision: 'granted', note: 'Silakan' },
        })
      expect((await decide()).status).toBe(204)
      expect(codeOf(await decide())).toBe('request_already_decided')
      const member = await person.client.get('/api/me', Member)
      expect(member.rights).toEqual(['on_air'])
      expect(member.channels).toEqual([{ slug: person.username, title: expect.any(String), role: 'owner' }])
      expect(codeOf(await ask())).toBe('right_already_held')
    })

    test('a refusal comes with its note and grants nothing', async () => {
      const { url, admin } = ready()
      const person = await registerMember(url)
      const made = await person.client.post(
        '/api/me/right-requests',
        { right: 'donations', reason: 'Menerima donasi' },
        RightRequest,
      )
      await admin.command('POST', `/api/admin/right-requests/${made.id}`, {
        decision: 'refused',
        note: 'Lengkapi dulu data Anda',
      })
      expect((await person.client.get('/api/me', Member)).rights).toEqual([])
      const { requests } = await person.client.get(
        '/api/me/right-requests',
        v.object({ requests: v.array(RightRequest) }),
      )
      expect(requests[0]).toMatchObject({ state: 'refused', note: 'Lengkapi dulu data Anda' })
    })

    test('the two rights are separate, and withdrawing takes effect at once', async () => {
      const { url, admin } = ready()
      const streamer = await makeStreamer(url, admin, { rights: ['on_air'] })
      await grant(admin, streamer.id, 'donations')
      await withdraw(admin, streamer.id, 'on_air')
      expect((await streamer.client.get('/api/me', Member)).rights).toEqual(['donations'])
      const key = await streamer.client.send('POST', `/api/studio/${streamer.slug}/keys`, {
        json: { name: 'sesudah dicabut' },
      })
      expect(codeOf(key)).toBe('right_missing')
    })

    test('only admins grant', async () => {
      const person = await registerMember(ready().url)
      const answer = await person.client.send('PUT', `/api/admin/members/${person.id}/rights/on_air`, {
        json: { reason: 'saya mau' },
      })
      expect(codeOf(answer)).toBe('admin_required')
    })

    test('every decision is in the log', async () => {
      const { url, admin } = ready()
      const streamer = await makeStreamer(url, admin)
      const { activity } = await admin.get('/api/admin/activity', v.object({ activity: v.array(Activity) }))
      const about = activity.filter(
        (line) => line.member === streamer.username && line.admin === ADMIN.username,
      )
      expect(about.length).toBeGreaterThanOrEqual(2)
    })
  })
}
