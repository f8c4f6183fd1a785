import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { Activity } from '../../shared/contracts/activity.ts'
import { AdminMember } from '../../shared/contracts/admin.ts'
import { ApiClient, codeOf } from '../support/api-client.ts'
import { balanceOf, makeDonor, makeStreamer, PASSWORD, tryDonation } from '../support/people.ts'
import type { Ready } from './target.ts'

const Log = v.object({ activity: v.array(Activity) })

export function addFreezeTests(ready: Ready): void {
  describe('frozen accounts', () => {
    test('are signed out, and no money moves to or from them, until they are let go', async () => {
      const { url, admin } = ready()
      const streamer = await makeStreamer(url, admin)
      const donor = await makeDonor(url, admin, 100_000)
      const freeze = (method: string, id: string) =>
        admin.command(method, `/api/admin/members/${id}/freeze`, { reason: 'diperiksa' })
      await freeze('PUT', streamer.id)
      await freeze('PUT', streamer.id)
      expect(codeOf(await streamer.client.send('GET', '/api/me'))).toBe('sign_in_required')
      expect(codeOf(await tryDonation(donor, streamer.slug, { amountRupiah: 10_000 }))).toBe('account_frozen')
      const signIn = () =>
        new ApiClient(url).send('POST', '/api/accounts/sign-in', {
          json: { login: streamer.username, password: PASSWORD },
        })
      expect(codeOf(await signIn())).toBe('account_frozen')
      const { members } = await admin.get(
        `/api/admin/members?query=${streamer.username}`,
        v.object({ members: v.array(AdminMember) }),
      )
      expect(members[0]?.frozenAt).not.toBeNull()
      await freeze('DELETE', streamer.id)
      expect((await signIn()).status).toBe(200)
      expect((await tryDonation(donor, streamer.slug, { amountRupiah: 10_000 })).status).toBe(201)
      expect(await balanceOf(donor)).toBe(90_000)
      const { activity } = await admin.get(`/api/admin/activity?member=${streamer.username}`, Log)
      const actions = activity.map(({ action }) => action)
      expect(actions.filter((action) => action === 'account_frozen')).toHaveLength(1)
      expect(actions).toContain('account_unfrozen')
    })

    test('only admins freeze, and only members', async () => {
      const { url, admin } = ready()
      const person = await makeDonor(url, admin, 0)
      const path = (id: string) => `/api/admin/members/${id}/freeze`
      const json = { reason: 'diperiksa' }
      expect(codeOf(await person.client.send('PUT', path(person.id), { json }))).toBe('admin_required')
      expect(codeOf(await admin.send('PUT', path('0'.repeat(26)), { json }))).toBe('not_found')
    })
  })

  describe('the log', () => {
    test('is filtered by what happened and exported as a table in which nothing is a formula', async () => {
      const { url, admin } = ready()
      const person = await makeDonor(url, admin, 5_000)
      const filter = `action=balance_credited&member=${person.username}`
      const { activity } = await admin.get(`/api/admin/activity?${filter}`, Log)
      expect(activity.map(({ action, member }) => [action, member])).toEqual([
        ['balance_credited', person.username],
      ])
      const csv = await admin.send('GET', `/api/admin/activity.csv?${filter}`)
      expect(csv.headers.get('content-type')).toContain('text/csv')
      expect(csv.text.trim().split('\r\n')).toHaveLength(2)
      expect(csv.text).toContain(person.username)
      expect(codeOf(await person.client.send('GET', '/api/admin/activity.csv'))).toBe('admin_required')
      expect(codeOf(await admin.send('GET', '/api/admin/activity?action=tidak-ada'))).toBe('invalid_input')
    })
  })
}
