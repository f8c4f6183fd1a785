/** The row that stands for all guests is nobody's account, and a closed one stays closed. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { GUEST_ID } from '../ledger/rules.ts'
import {
  createTestEdge,
  type Member,
  TEST_PASSWORD,
  type TestEdge,
  type Visitor,
} from '../runtimes/node/test-edge.ts'

let edge: TestEdge
let admin: Visitor
let ani: Member
beforeEach(async () => {
  edge = await createTestEdge()
  admin = await edge.setUp()
  ani = await edge.member('ani')
})
afterEach(() => edge.platform.close())

const close = () => ani.send('POST', '/api/me/closing', { password: TEST_PASSWORD })

test.each([
  ['the row of all guests', () => Promise.resolve(GUEST_ID)],
  ['a closed account', () => close().then(() => ani.id)],
])('%s gets no password and no right', async (_who, idOf) => {
  const path = `/api/admin/members/${await idOf()}`
  for (const answer of [
    await admin.send('POST', `${path}/password-resets`, {}),
    await admin.send('PUT', `${path}/rights/donations`, { reason: 'uji' }),
  ])
    expect(answer.body).toMatchObject({ code: 'not_found' })
})

test.each([
  ['a password', `UPDATE member SET password_hash = 'x' WHERE id = ?`],
  ['an end', 'UPDATE member SET frozen_at = 1 WHERE id = ?'],
  [
    'a session',
    `INSERT INTO session (token_hash, audience, member_id, created_at, expires_at, user_agent)
      VALUES ('x', 'member', ?, 0, 1, '')`,
  ],
])('the schema itself refuses the row of all guests %s', async (_what, sql) => {
  const written = edge.platform.database.write([{ sql, args: [GUEST_ID] }])
  await expect(written).rejects.toMatchObject({ rule: 'GUEST_ROW_FIXED' })
})
