import { expect, test } from 'vitest'
import { ApiClient, codeOf } from '../support/api-client.ts'
import type { ContractTarget } from './target.ts'

/** For a runtime that leaves the schema to `npm run migrate`. Runs before everything else. */
export function addSchemaTests(target: () => ContractTarget): void {
  test('an edge before its database says so, and serves after the migration without a restart', async () => {
    const { url, migrate } = target()
    const before = await new ApiClient(url).send('GET', '/api/site')
    expect(before.status).toBe(503)
    expect(codeOf(before)).toBe('schema_outdated')
    await migrate?.()
    expect((await new ApiClient(url).send('GET', '/api/site')).status).toBe(200)
  })
}
