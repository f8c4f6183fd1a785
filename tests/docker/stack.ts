/** docker-compose.yml brought up under a name and on ports of its own. */
import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import * as v from 'valibot'
import { eventually } from '../support/eventually.ts'
import { freePorts } from '../support/free-port.ts'
import { ROOT } from '../support/source-files.ts'
import { cutPower, startOwnEngine } from './engine.ts'

const run = promisify(execFile)
const COMMAND_TIMEOUT_MS = 600_000
const HEALTHY_WITHIN_MS = 120_000

export const SERVICES = ['database', 'edge', 'origin'] as const
export type Service = (typeof SERVICES)[number] | 'proxy'

const Container = v.object({
  State: v.object({
    Pid: v.number(),
    Running: v.boolean(),
    ExitCode: v.number(),
    StartedAt: v.string(),
    Health: v.optional(v.object({ Status: v.string() })),
  }),
  RestartCount: v.number(),
})
export type Container = v.InferOutput<typeof Container>

export class Stack {
  readonly url: string
  readonly rtmpUrl: string
  readonly proxyHttpPort: number
  readonly proxyHttpsPort: number
  readonly #env: NodeJS.ProcessEnv
  readonly #project = `panggung-test-${process.pid}`

  private constructor(ports: readonly number[]) {
    const [http = 0, rtmp = 0, proxyHttp = 0, proxyHttps = 0] = ports
    this.url = `http://127.0.0.1:${http}`
    this.rtmpUrl = `rtmp://127.0.0.1:${rtmp}/live`
    this.proxyHttpPort = proxyHttp
    this.proxyHttpsPort = proxyHttps
    this.#env = {
      ...process.env,
      EDGE_IMAGE: 'panggung-test-edge',
      ORIGIN_IMAGE: 'panggung-test-origin',
      HTTP_PORT: `127.0.0.1:${http}`,
      RTMP_PORT: `127.0.0.1:${rtmp}`,
      PROXY_HTTP_PORT: `127.0.0.1:${proxyHttp}`,
      PROXY_HTTPS_PORT: `127.0.0.1:${proxyHttps}`,
      PUBLIC_URL: this.url,
      RTMP_URL: this.rtmpUrl,
      DOMAIN: 'panggung.localhost',
    }
  }

  static async create(): Promise<Stack> {
    return new Stack(await freePorts(4))
  }

  /** Version 2 where it is installed, else Debian's docker-compose. */
  async compose(...args: string[]): Promise<string> {
    const isPlugin = spawnSync('docker', ['compose', 'version'], { env: this.#env }).status === 0
    const [command, ...first] = isPlugin ? ['docker', 'compose'] : ['docker-compose']
    return this.#run(command ?? '', [...first, '-p', this.#project, ...args])
  }

  docker(...args: string[]): Promise<string> {
    return this.#run('docker', args)
  }

  async exec(service: Service, ...command: string[]): Promise<string> {
    return this.docker('exec', await this.#idOf(service), ...command)
  }

  async inspect(service: Service): Promise<Container> {
    const [container] = JSON.parse(await this.docker('inspect', await this.#idOf(service))) as unknown[]
    return v.parse(Container, container)
  }

  async logs(service: Service): Promise<string> {
    return this.docker('logs', await this.#idOf(service))
  }

  async healthy(service: Service): Promise<void> {
    const isHealthy = async () => (await this.inspect(service)).State.Health?.Status === 'healthy'
    await eventually(`${service} is healthy`, isHealthy, { deadlineMs: HEALTHY_WITHIN_MS, pollMs: 250 })
  }

  /**
   * The process dies as it does when memory runs out. `docker kill` is an order, after which the engine would leave
   * the container as it is.
   */
  async crash(service: Service): Promise<void> {
    const { State } = await this.inspect(service)
    const image = await this.docker('inspect', '-f', '{{.Image}}', await this.#idOf('edge'))
    const kill = ['sh', '-c', `kill -9 ${State.Pid}`]
    await this.docker('run', '--rm', '--user', '0', '--pid', 'host', image.trim(), ...kill)
    const isNew = async () => (await this.inspect(service)).State.StartedAt !== State.StartedAt
    await eventually(`${service} starts again`, isNew, { deadlineMs: HEALTHY_WITHIN_MS, pollMs: 100 })
    await this.healthy(service)
  }

  /** Everything at once and without warning; only the engine is started again, as a machine does when it boots. */
  async losePower(): Promise<void> {
    const pids = await Promise.all(SERVICES.map(async (each) => (await this.inspect(each)).State.Pid))
    await cutPower(pids)
    await startOwnEngine()
    for (const service of SERVICES) await this.healthy(service)
  }

  async #idOf(service: Service): Promise<string> {
    const id = (await this.compose('ps', '-q', service)).trim()
    if (id === '') throw new Error(`There is no container of ${service}`)
    return id
  }

  async #run(command: string, args: readonly string[]): Promise<string> {
    const options = { cwd: ROOT, env: this.#env, timeout: COMMAND_TIMEOUT_MS, maxBuffer: 64 * 1024 * 1024 }
    const { stdout, stderr } = await run(command, args, options)
    return args[0] === 'logs' ? stdout + stderr : stdout
  }
}
