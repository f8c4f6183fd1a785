/** For tests: a channel with a key, and what an origin says of its broadcasts. */
import { ulid } from '../../../shared/ids.ts'
import { createTestEdge, type Member, type TestAnswer, type TestEdge, type Visitor } from './test-edge.ts'
import { TEST_INTERNAL_SECRET } from './test-platform.ts'

export const OLDER_SECRET = 'older-secret'
/** Headers of the origin's own requests. */
export const ORIGIN_HEADERS = {
  authorization: `Bearer ${TEST_INTERNAL_SECRET}`,
  origin: 'http://somewhere-else',
}

export interface TestChannel {
  readonly edge: TestEdge
  readonly admin: Visitor
  /** Of the channel `budi`. */
  readonly owner: Member
  readonly channelId: string
  /** Of the owner's stream key. */
  readonly jti: string
  /** @returns the id of a new stream key for the channel */
  readonly issue: (person: Visitor) => Promise<string>
  /** A broadcast's. */
  readonly newId: () => string
  readonly report: (id: string, body: Record<string, unknown>) => Promise<TestAnswer>
  /** With the owner's key unless told. */
  readonly open: (id: string, using?: string) => Promise<TestAnswer>
  /** What the origin is told to end. */
  readonly mustEnd: () => Promise<unknown>
}

export async function createTestChannel(): Promise<TestChannel> {
  const edge = await createTestEdge({ config: { internalSecrets: [OLDER_SECRET, TEST_INTERNAL_SECRET] } })
  const admin = await edge.setUp()
  const owner = await edge.member('budi', { by: admin, rights: ['on_air'] })
  const channelId = ((await owner.get('/api/studio/budi')).body as { id: string }).id
  const { clock, random } = edge.platform

  async function issue(person: Visitor): Promise<string> {
    return ((await person.send('POST', '/api/studio/budi/keys', { name: 'OBS' })).body as { jti: string }).jti
  }

  function report(id: string, body: Record<string, unknown>): Promise<TestAnswer> {
    const path = `/internal/broadcasts/${id}`
    return edge.visitor().send('PUT', path, { originId: 'origin-1', ...body }, ORIGIN_HEADERS)
  }

  const jti = await issue(owner)
  return {
    edge,
    admin,
    owner,
    channelId,
    jti,
    issue,
    newId: () => ulid(clock.now(), (length) => random.bytes(length)),
    report,
    open: (id, using = jti) => report(id, { event: 'open', channelId, jti: using, startedAt: clock.now() }),
    async mustEnd() {
      const { body } = await edge.visitor().get('/internal/status?origin=origin-1', ORIGIN_HEADERS)
      return (body as { end: unknown }).end
    },
  }
}
