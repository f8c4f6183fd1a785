/** What would be uploaded to Cloudflare. Needs the built pages. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { TestProcess } from '../support/process.ts'
import { ROOT } from '../support/source-files.ts'

/** The free plan takes 3 MB; a Worker that starts fast is far below. */
const MAX_GZIPPED_KIB = 200

test('the Worker can be deployed as it is, and stays small', { timeout: 60_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'panggung-bundle-'))
  const wrangler = new TestProcess({
    name: 'wrangler deploy',
    command: process.execPath,
    args: [join(ROOT, 'node_modules/wrangler/bin/wrangler.js'), 'deploy', '--dry-run', `--outdir=${folder}`],
    env: { CI: '1', WRANGLER_SEND_METRICS: 'false', HOME: folder, XDG_CONFIG_HOME: folder },
  })
  try {
    if ((await wrangler.ends(50_000)) !== 0) throw new Error(wrangler.output)
    const bundle = await readFile(join(folder, 'main.js'))
    expect(gzipSync(bundle).byteLength / 1024).toBeLessThan(MAX_GZIPPED_KIB)
    // A runtime's own modules are all that is left to import.
    const imports = [...bundle.toString().matchAll(/^import .*?from "([^"]+)";$/gm)].map(([, name]) => name)
    expect(imports.filter((name) => !/^(?:node:|cloudflare:)/.test(name ?? ''))).toEqual([])
  } finally {
    wrangler.kill()
    await rm(folder, { recursive: true, force: true })
  }
})
