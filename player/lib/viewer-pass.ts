/**
 * The pass of somebody who watches: asked for once, renewed long before it ends, so that nobody who may watch notices
 * it. Playlists name everything relative to themselves, so the token in the path is all that changes.
 */
import { type AskToWatch, ViewerPass } from '../../shared/contracts/viewers.ts'
import { ApiProblem, call } from './api.ts'

/** `full`: there is no room for one more. `sign_in`: only members may watch. Both are asked again by themselves. */
export type PassState = 'ready' | 'full' | 'sign_in'

export interface PassHandle {
  /** Of a path or an address under `/live/`: the same with the token of now, or without one. */
  address(url: string): string
  /** When the token of now ends, on the clock of `performance.now()`; `undefined`: there is none, or nobody knows. */
  endsAt(): number | undefined
  close(): void
}

export interface PassOptions {
  readonly slug: string
  /** The browser's own player keeps the token that it began with, so it is to last longer. */
  readonly isNative?: boolean
  /** Survives a reload of the page, so that it stays the same viewer. */
  readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
  readonly ask?: (slug: string, request: AskToWatch, signal: AbortSignal) => Promise<ViewerPass>
  readonly onState: (state: PassState) => void
}

/** Of its life; what is left is for a network that is away. */
const RENEW_AFTER = 0.45
const MAX_RENEW_MS = 10 * 60_000
const RETRY_MS = { full: 8_000, sign_in: 10_000, failed: 1_500 } as const
const TIMEOUT_MS = 8_000

export function startViewerPass({
  slug,
  isNative = false,
  storage,
  ask = askToWatch,
  onState,
}: PassOptions): PassHandle {
  const key = `panggung-viewer-${slug}`
  const closing = new AbortController()
  // What was good a moment ago may still be; where that matters nobody plays before `ready`.
  let token = storage.getItem(key) ?? undefined
  let endsAt: number | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  void renew()
  return {
    address: (url) => withToken(url, token),
    endsAt: () => (token === undefined ? undefined : endsAt),
    close() {
      closing.abort()
      clearTimeout(timer)
    },
  }

  async function renew(): Promise<void> {
    const before = token
    try {
      const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(TIMEOUT_MS)])
      const asked = { ...(before !== undefined && { token: before }), ...(isNative && { isNative }) }
      const pass = await ask(slug, asked, signal)
      if (closing.signal.aborted) return
      token = pass.token
      endsAt = performance.now() + pass.lifetimeMs
      storage.setItem(key, token)
      onState('ready')
      again(Math.min(MAX_RENEW_MS, pass.lifetimeMs * RENEW_AFTER))
    } catch (error) {
      if (!closing.signal.aborted) refused(error)
    }
  }

  function refused(error: unknown): void {
    const code = error instanceof ApiProblem ? error.code : undefined
    if (code === 'sign_in_required' || code === 'audience_full') {
      token = undefined
      storage.removeItem(key)
      const state = code === 'audience_full' ? 'full' : 'sign_in'
      onState(state)
      again(RETRY_MS[state])
      return
    }
    // What is left of the pass goes on.
    if (endsAt === undefined || performance.now() >= endsAt) token = undefined
    again(RETRY_MS.failed)
  }

  /** Jitter keeps an audience from asking in step. */
  function again(inMs: number): void {
    timer = setTimeout(() => void renew(), inMs * (0.8 + Math.random() * 0.2))
  }
}

function askToWatch(slug: string, body: AskToWatch, signal: AbortSignal): Promise<ViewerPass> {
  return call('POST', `/api/channels/${slug}/viewers`, { body, signal, schema: ViewerPass })
}

const LIVE_PATH = /^((?:https?:\/\/[^/]+)?\/live\/)(?:~[\w.-]+\/)?/

export function withToken(url: string, token: string | undefined): string {
  return url.replace(LIVE_PATH, (_all, base: string) => (token === undefined ? base : `${base}~${token}/`))
}
