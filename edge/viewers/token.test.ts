import { exportJWK, generateKeyPair } from 'jose'
import { beforeAll, expect, test } from 'vitest'
import type { JWK } from 'jose'
import { createViewerTokens, type Viewer, type ViewerTokens } from './token.ts'

const NOW = 1_767_225_600_000
const VIEWER: Viewer = {
  channelId: '01j0000000000000000000000a',
  viewerId: '0123456789',
  neighbourhood: 'abcdefgh',
  isMember: true,
  endsAt: NOW + 60_000,
}

let keys: readonly [JWK, JWK]
let tokens: ViewerTokens

async function newKey(kid: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  return { ...(await exportJWK(privateKey)), kid }
}

beforeAll(async () => {
  keys = [await newKey('k01'), await newKey('k02')]
  tokens = createViewerTokens({ signingKeys: [keys[0]], installationId: 'test' })
})

test('a token says who may watch what until it ends', async () => {
  const token = await tokens.issue(VIEWER)
  expect(token).toMatch(/^[\w.-]{1,120}$/)
  expect(await tokens.verify(token, NOW)).toEqual(VIEWER)
  expect(await tokens.verify(token, VIEWER.endsAt - 1)).toEqual(VIEWER)
  expect(await tokens.verify(token, VIEWER.endsAt)).toBeUndefined()
})

test('nothing in a token can be changed', async () => {
  const token = await tokens.issue(VIEWER)
  // The last character holds two bits that no byte takes.
  for (let at = 0; at < token.length - 1; at++) {
    const other = token[at] === 'a' || token[at] === 'w' ? '3' : 'a'
    const forged = `${token.slice(0, at)}${other}${token.slice(at + 1)}`
    expect(await tokens.verify(forged, NOW), `character ${at}`).toBeUndefined()
  }
  expect(await tokens.verify(`${token}a`, NOW)).toBeUndefined()
  for (const nonsense of ['', '.', 'a.b.c', token.slice(0, -43), '~'.repeat(500)])
    expect(await tokens.verify(nonsense, NOW)).toBeUndefined()
})

test('a key that signs no more still verifies, and one that is gone takes its tokens with it', async () => {
  const token = await tokens.issue(VIEWER)
  const rotated = createViewerTokens({ signingKeys: [keys[1], keys[0]], installationId: 'test' })
  expect(await rotated.verify(token, NOW)).toEqual(VIEWER)
  const without = createViewerTokens({ signingKeys: [keys[1]], installationId: 'test' })
  expect(await without.verify(token, NOW)).toBeUndefined()
  const elsewhere = createViewerTokens({ signingKeys: [keys[0]], installationId: 'lain' })
  expect(await elsewhere.verify(token, NOW)).toBeUndefined()
})

test('neighbours share a name that does not tell their address', async () => {
  const name = await tokens.neighbourhoodOf('192.0.2.1')
  expect(name).toMatch(/^[0-9a-z]{8}$/)
  expect(await tokens.neighbourhoodOf('192.0.2.1')).toBe(name)
  expect(await tokens.neighbourhoodOf('192.0.2.2')).not.toBe(name)
})
