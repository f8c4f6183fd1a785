/** A site with money on it: members, a channel and a real alert hub on a real database file. */
import { createAdaptorServer } from '@hono/node-server'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Hono } from 'hono'
import { startAlertHub } from '../../alerts/hub.ts'
import { createEdge } from '../../app.ts'
import { DEFAULT_DURATIONS, type EdgeDurations } from '../../config.ts'
import { giveCredit } from '../../ledger/store.ts'
import type { AlertHub, Platform } from '../../ports.ts'
import { ulid } from '../../../shared/ids.ts'
import { hashToken, newToken } from '../../../shared/tokens.ts'
import { openNodeEventStream } from './event-stream.ts'
import { createTestPlatform, type TestPlatform } from './test-platform.ts'

export interface StagePerson {
  readonly id: string
  readonly username: string
  readonly cookie: string
}

export interface StageChannel {
  readonly id: string
  readonly slug: string
  readonly owner: StagePerson
}

export interface StageAnswer<Body> {
  readonly status: number
  readonly text: string
  readonly body: Body
  readonly cookie: string
}

export interface StageRequest {
  readonly as?: { readonly cookie: string }
  readonly json?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export class TestStage {
  readonly platform: Platform & Pick<TestPlatform, 'clock' | 'logged'>
  readonly hub: AlertHub
  readonly app: Hono
  readonly #test: TestPlatform
  readonly #closing: (() => Promise<void> | void)[] = []

  private constructor(test: TestPlatform, hub: AlertHub) {
    this.#test = test
    this.hub = hub
    this.platform = { ...test, hub, openEventStream: openNodeEventStream }
    this.app = createEdge(this.platform)
  }

  static async open(durations: Partial<EdgeDurations> = {}): Promise<TestStage> {
    const test = await createTestPlatform({
      isRealTime: true,
      config: { durations: { ...DEFAULT_DURATIONS, outboxPoll: 10, ...durations } },
    })
    const hub = startAlertHub({ ...test, durations: test.config.durations })
    await test.database.write([
      { sql: `INSERT INTO setting (name, value) VALUES ('setUpAt', '1'), ('donationsEnabled', 'true')` },
    ])
    return new TestStage(test, hub)
  }

  /** Another process on the same database: an app with a hub of its own. */
  otherProcess(): { app: Hono; hub: AlertHub } {
    const hub = startAlertHub({ ...this.platform, durations: this.platform.config.durations })
    this.#closing.push(() => hub.close())
    return { app: createEdge({ ...this.platform, hub }), hub }
  }

  async member(username: string, balanceRupiah = 0): Promise<StagePerson> {
    const { database, random, clock } = this.platform
    const id = this.#newId()
    const token = newToken(random.bytes)
    await database.write([
      {
        sql: `INSERT INTO member (id, email, username, password_hash, registered_at) VALUES (?, ?, ?, '', ?)`,
        args: [id, `${username}@contoh.id`, username, clock.now()],
      },
      {
        sql: `INSERT INTO session (token_hash, audience, member_id, created_at, expires_at, user_agent)
          VALUES (?, 'member', ?, ?, ?, 'test')`,
        args: [await hashToken(token), id, clock.now(), clock.now() + 1e9],
      },
    ])
    if (balanceRupiah > 0) await this.credit(id, balanceRupiah)
    return { id, username, cookie: `panggung_member=${token}` }
  }

  async admin(username = 'pengelola'): Promise<StagePerson> {
    const { database, random, clock } = this.platform
    const id = this.#newId()
    const token = newToken(random.bytes)
    await database.write([
      {
        sql: `INSERT INTO admin (id, username, password_hash, created_at) VALUES (?, ?, '', ?)`,
        args: [id, username, clock.now()],
      },
      {
        sql: `INSERT INTO session (token_hash, audience, admin_id, created_at, expires_at, user_agent)
          VALUES (?, 'admin', ?, ?, ?, 'test')`,
        args: [await hashToken(token), id, clock.now(), clock.now() + 1e9],
      },
    ])
    return { id, username, cookie: `panggung_admin=${token}` }
  }

  async credit(memberId: string, amountRupiah: number): Promise<void> {
    const admin = await this.admin(`admin-${this.#newId().slice(-8)}`)
    await giveCredit(this.platform, {
      adminId: admin.id,
      memberId,
      idempotencyKey: this.#newId(),
      credit: { amountRupiah, reason: 'setoran uji' },
    })
  }

  /** A channel whose owner may receive donations. */
  async channel(slug: string, { minimumAlertRupiah = 10_000 } = {}): Promise<StageChannel> {
    const owner = await this.member(slug)
    const admin = await this.admin(`admin-${slug}`)
    const id = this.#newId()
    const nowMs = this.platform.clock.now()
    await this.platform.database.write([
      {
        sql: `INSERT INTO channel (id, slug, owner_id, title, minimum_alert_rupiah, created_at)
          VALUES (?, ?, ?, ?, ?, ?)`,
        args: [id, slug, owner.id, `Kanal ${slug}`, minimumAlertRupiah, nowMs],
      },
      {
        sql: `INSERT INTO member_right (member_id, right, granted_by, granted_at) VALUES (?, 'donations', ?, ?)`,
        args: [owner.id, admin.id, nowMs],
      },
    ])
    return { id, slug, owner }
  }

  async send<Body = unknown>(
    method: string,
    path: string,
    { as, json, headers = {} }: StageRequest = {},
    app: Hono = this.app,
  ): Promise<StageAnswer<Body>> {
    const response = await app.request(`http://localhost${path}`, {
      method,
      headers: {
        ...(as && { cookie: as.cookie }),
        ...(json !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(json !== undefined && { body: JSON.stringify(json) }),
    })
    const text = await response.text()
    const cookie = response.headers.getSetCookie().map((line) => line.split(';', 1)[0] ?? '')
    return {
      status: response.status,
      text,
      body: (text === '' ? undefined : JSON.parse(text)) as Body,
      cookie: cookie.join('; '),
    }
  }

  donate(
    donor: StagePerson,
    { slug }: StageChannel,
    request: Readonly<Record<string, unknown>>,
    key: string = this.#newId(),
  ): Promise<StageAnswer<{ id: string; code?: string; balanceRupiah: number; isAlert: boolean }>> {
    return this.send('POST', `/api/channels/${slug}/donations`, {
      as: donor,
      json: request,
      headers: { 'idempotency-key': key },
    })
  }

  /** A new overlay link, traded for its cookie. */
  async overlay({ slug, owner }: StageChannel): Promise<{ id: string; key: string; cookie: string }> {
    const { body } = await this.send<{ url: string }>('POST', `/api/studio/${slug}/overlay`, { as: owner })
    const [, id = '', key = ''] = /\/overlay\/(\w+)#(\w+)$/.exec(body.url) ?? []
    const { cookie } = await this.send('POST', `/api/overlay/${id}/session`, { json: { key } })
    return { id, key, cookie }
  }

  /** The app behind a real HTTP server. */
  async serve(): Promise<string> {
    const server = createAdaptorServer({ fetch: this.app.fetch })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    this.#closing.push(async () => {
      const closed = once(server, 'close')
      server.close()
      if ('closeAllConnections' in server) server.closeAllConnections()
      await closed
    })
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    this.hub.close()
    for (const close of this.#closing.splice(0).toReversed()) await close()
    await this.#test.close()
  }

  #newId(): string {
    return ulid(this.platform.clock.now(), this.platform.random.bytes)
  }
}
