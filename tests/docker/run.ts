/** `npm run test:docker`: the compose file on a real engine. Without one it says so in one line and is no failure. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { ROOT } from '../support/source-files.ts'
import { findEngine, NoEngine, stopOwnEngine } from './engine.ts'
import { prepareImages } from './images.ts'

try {
  const engine = await findEngine()
  const env = {
    ...process.env,
    ...(engine.host !== undefined && { DOCKER_HOST: engine.host }),
    // The classic builder is what every engine has.
    DOCKER_BUILDKIT: '0',
    COMPOSE_DOCKER_CLI_BUILD: '0',
  }
  const images = prepareImages(env)
  console.log(images.NODE_IMAGE === undefined ? 'with the public images' : 'with images made on this machine')
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs')
  const done = spawnSync(process.execPath, [vitest, 'run', '--project', 'docker'], {
    cwd: ROOT,
    env: { ...env, ...images, PANGGUNG_DOCKER: engine.isOwn ? 'own' : 'found' },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  process.exitCode = done.status ?? 1
} catch (error) {
  if (!(error instanceof NoEngine)) throw error
  console.log(`Docker is not tested here: ${error.message}`)
} finally {
  await stopOwnEngine()
}
