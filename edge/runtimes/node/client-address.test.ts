import { createAdaptorServer } from '@hono/node-server'
import { Hono } from 'hono'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { nodeClientAddress } from './client-address.ts'

test('the address of the socket, and of X-Forwarded-For only behind a trusted proxy', async () => {
  const app = new Hono()
  app.get('/:proxies', (c) => c.text(nodeClientAddress(c, Number(c.req.param('proxies')))))
  const server = createAdaptorServer({ fetch: app.fetch }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const seen = async (proxies: number) => {
    const headers = { 'x-forwarded-for': '1.2.3.4, 198.51.100.9' }
    return (await fetch(`${url}/${proxies}`, { headers })).text()
  }
  expect(await seen(0)).toBe('127.0.0.1')
  expect(await seen(1)).toBe('198.51.100.9')
  server.close()
  expect(await (await app.request('/0')).text()).toBe('unknown')
})
