/** What must survive: everything stopped and started again on the same data folder. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { RevealedKey } from '../../shared/contracts/studio.ts'
import { goOnAir } from '../support/broadcast.ts'
import { startPanggung, type Installation } from '../support/installation.ts'
import {
  balanceOf,
  donate,
  idempotencyKey,
  issueKey,
  makeDonor,
  makeStreamer,
  overlayLink,
  signIn,
  type Person,
} from '../support/people.ts'
import { ApiClient } from '../support/api-client.ts'

let installation: Installation
beforeAll(async () => {
  installation = await startPanggung()
})
afterAll(() => installation.stop())

test.each(['SIGTERM', 'SIGINT', 'SIGKILL'] as const)(
  'after %s and a new start balance, donations, sessions, keys and links are still valid',
  async (signal) => {
    const { url, admin } = installation
    const streamer = await makeStreamer(url, admin)
    const donor = await makeDonor(url, admin, 100_000)
    const { streamKey, jti } = await issueKey(streamer, streamer.slug)
    const link = await overlayLink(streamer)
    const key = idempotencyKey()
    const receipt = await donate(donor, streamer.slug, { amountRupiah: 40_000, message: 'sebelum mati' }, key)
    // SIGKILL leaves the origin without its parent; it must notice by itself, or `stop` fails.
    const onAir = await goOnAir(installation, { fixture: 'obs-30', streamer, streamKey })

    await installation.stop({ keepData: true, signal })
    expect(installation.server.exitCode).toBe(signal === 'SIGKILL' ? null : 0)
    installation = await startPanggung({ restartOf: installation })
    await onAir.publisher.closed

    expect(await balanceOf(donor)).toBe(60_000)
    expect(await balanceOf(await again(streamer))).toBe(40_000)
    // The same submit after the restart is still the same donation.
    expect(
      await donate(donor, streamer.slug, { amountRupiah: 40_000, message: 'sebelum mati' }, key),
    ).toEqual(receipt)
    expect(await balanceOf(donor)).toBe(60_000)
    const received = await streamer.client.send('GET', `/api/studio/${streamer.slug}/donations`)
    expect(received.text).toContain(receipt.id)
    const revealed = await streamer.client.post(
      `/api/studio/${streamer.slug}/keys/${jti}/reveal`,
      {},
      RevealedKey,
    )
    expect(revealed.streamKey).toBe(streamKey)
    await new ApiClient(url).command('POST', `/api/overlay/${link.id}/session`, { key: link.key })
    const back = await goOnAir(installation, { fixture: 'obs-30', streamer, streamKey })
    await back.stop()
  },
)

function again({ username }: Person): Promise<Person> {
  return signIn(installation.url, username)
}
