import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { Member, Wallet } from '../../shared/contracts/accounts.ts'
import { AdminDonation, MadeResetLink } from '../../shared/contracts/admin.ts'
import { Channel } from '../../shared/contracts/channels.ts'
import { EmailChange } from '../../shared/contracts/mail.ts'
import { DeviceSession, OwnActivity } from '../../shared/contracts/own-account.ts'
import { ApiClient, codeOf } from '../support/api-client.ts'
import { eventually } from '../support/eventually.ts'
import {
  balanceOf,
  donate,
  freshName,
  makeDonor,
  makeStreamer,
  PASSWORD,
  registerMember,
  signIn,
} from '../support/people.ts'
import type { Ready } from './target.ts'

const NEW_PASSWORD = 'kata sandi yang baru sekali'
const Devices = v.object({ sessions: v.array(DeviceSession) })

export function addOwnAccountTests(ready: Ready): void {
  describe('one’s own account', () => {
    test('lists its devices and signs them out; a new password ends the others', async () => {
      const { url } = ready()
      const { client, username } = await registerMember(url)
      const [phone, laptop] = [await signIn(url, username), await signIn(url, username)]
      const { sessions } = await phone.client.get('/api/me/sessions', Devices)
      expect(sessions.map(({ isThis }) => isThis).filter(Boolean)).toHaveLength(1)
      expect(sessions).toHaveLength(3)
      const mine = sessions.find(({ isThis }) => isThis)?.id ?? ''
      const stranger = await registerMember(url)
      expect((await stranger.client.send('DELETE', `/api/me/sessions/${mine}`)).status).toBe(404)
      await laptop.client.command('DELETE', `/api/me/sessions/${mine}`)
      expect((await phone.client.send('GET', '/api/me')).status).toBe(401)

      const change = (currentPassword: string) =>
        client.send('PUT', '/api/me/password', { json: { currentPassword, newPassword: NEW_PASSWORD } })
      expect(codeOf(await change('bukan yang ini'))).toBe('current_password_wrong')
      expect((await change(PASSWORD)).status).toBe(204)
      expect((await laptop.client.send('GET', '/api/me')).status).toBe(401)
      expect((await client.send('GET', '/api/me')).status).toBe(200)
      const json = { login: username, password: PASSWORD }
      expect((await new ApiClient(url).send('POST', '/api/accounts/sign-in', { json })).status).toBe(401)
    })

    test('has a picture: that one square, everywhere the same, and gone with the account', async () => {
      const { url, admin } = ready()
      const { client, slug, id } = await makeStreamer(url, admin)
      // The header of a frame of 256x256 is all that an edge reads of it.
      const body = new Uint8Array([0xff, 0xd8, 0xff, 0xc0, 0, 17, 8, 0x01, 0x00, 0x01, 0x00, 3])
      const put = (bytes: Uint8Array<ArrayBuffer>) =>
        client.send('PUT', '/api/me/avatar', { body: bytes, headers: { 'content-type': 'image/jpeg' } })
      expect(codeOf(await put(body.with(8, 0x01)))).toBe('unsupported_media_type')
      expect((await put(body)).status).toBe(204)
      const { avatarUrl } = await client.get('/api/me', Member)
      expect((await new ApiClient(url).get(`/api/channels/${slug}`, Channel)).avatarUrl).toBe(avatarUrl)
      const served = await fetch(url + (avatarUrl ?? ''))
      expect(new Uint8Array(await served.arrayBuffer())).toEqual(body)
      expect(served.headers.get('content-type')).toBe('image/jpeg')
      expect(served.headers.get('x-content-type-options')).toBe('nosniff')
      await admin.command('DELETE', `/api/admin/members/${id}/avatar`, { reason: 'bukan gambarnya' })
      expect((await fetch(url + (avatarUrl ?? ''))).status).toBe(404)
      expect((await put(body)).status).toBe(204)
      const { avatarUrl: newest } = await client.get('/api/me', Member)
      const closing = { json: { password: PASSWORD } }
      expect((await client.send('POST', '/api/me/closing', closing)).status).toBe(204)
      expect((await fetch(url + (newest ?? ''))).status).toBe(404)
    })

    test('changes its address by the link that was sent there, once', async () => {
      const { url, mail } = ready()
      // An edge that was started by somebody else may send none.
      if (!mail) return
      const { client, username } = await registerMember(url)
      const email = `${freshName('baru')}@contoh.id`
      const ask = (password: string) =>
        client.send('PUT', '/api/me/email', { json: { email, password, language: 'id' } })
      expect(codeOf(await ask('bukan yang ini'))).toBe('current_password_wrong')
      expect(v.parse(EmailChange, JSON.parse((await ask(PASSWORD)).text))).toEqual({ state: 'confirm' })
      const code = await eventually('the mail arrives', () => {
        const sent = mail.taken.find(({ to }) => to[0] === email)
        return /\/confirm-email#([a-z0-9]{32})$/m.exec(sent?.text ?? '')?.[1]
      })
      const signInBy = (login: string) =>
        new ApiClient(url).send('POST', '/api/accounts/sign-in', { json: { login, password: PASSWORD } })
      expect((await signInBy(email)).status).toBe(401)
      const confirm = () => new ApiClient(url).send('POST', '/api/accounts/email-changes', { json: { code } })
      expect((await confirm()).status).toBe(204)
      expect(codeOf(await confirm())).toBe('email_link_wrong')
      expect((await signInBy(email)).status).toBe(200)
      expect((await signInBy(`${username}@contoh.id`)).status).toBe(401)
    })

    test('gets a new password by the link of an admin, once', async () => {
      const { url, admin } = ready()
      const { client, id, username } = await registerMember(url)
      const path = `/api/admin/members/${id}/password-resets`
      expect((await client.send('POST', path, { json: {} })).status).toBe(401)
      const made = await admin.post(path, {}, MadeResetLink)
      const code = made.url.split('#')[1]
      const use = () =>
        new ApiClient(url).send('POST', '/api/accounts/password-resets', {
          json: { code, password: NEW_PASSWORD },
        })
      expect((await use()).status).toBe(204)
      expect(codeOf(await use())).toBe('reset_link_wrong')
      expect((await client.send('GET', '/api/me')).status).toBe(401)
      const json = { login: username, password: NEW_PASSWORD }
      expect((await new ApiClient(url).send('POST', '/api/accounts/sign-in', { json })).status).toBe(200)
    })

    test('is exported, and closed: the person goes, the ledger stays', async () => {
      const { url, admin } = ready()
      const streamer = await makeStreamer(url, admin)
      const { client, id, username } = await makeDonor(url, admin, 50_000)
      const close = () => client.send('POST', '/api/me/closing', { json: { password: PASSWORD } })
      expect(codeOf(await close())).toBe('account_not_empty')
      const donation = await donate({ client, id, username }, streamer.slug, { amountRupiah: 50_000 })

      const exported = await client.send('GET', '/api/me/export')
      expect(exported.headers.get('content-disposition')).toMatch(/^attachment; filename=".+\.json"$/)
      expect(exported.text).toContain(`${username}@contoh.id`)
      expect(exported.text).toContain(donation.id)
      expect(exported.text).not.toMatch(/scrypt|hash/i)
      const { activity } = await client.get('/api/me/activity', v.object({ activity: v.array(OwnActivity) }))
      expect(activity.map(({ action }) => action)).toContain('donation_made')

      expect((await close()).status).toBe(204)
      expect((await client.send('GET', '/api/me')).status).toBe(401)
      const json = { login: username, password: PASSWORD }
      expect((await new ApiClient(url).send('POST', '/api/accounts/sign-in', { json })).status).toBe(401)
      expect(await balanceOf(streamer)).toBe(50_000)
      const { entries } = await streamer.client.get('/api/me/wallet', Wallet)
      expect(entries).toMatchObject([{ kind: 'donation_received', amountRupiah: 50_000 }])
      const { donations } = await admin.get(
        '/api/admin/donations',
        v.object({ donations: v.array(AdminDonation) }),
      )
      const kept = donations.find((each) => each.id === donation.id)
      expect(kept).toMatchObject({ from: { id }, amountRupiah: 50_000 })
      expect(JSON.stringify(kept)).not.toContain(username)
    })
  })
}
