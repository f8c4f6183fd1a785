/** What the thread that serves requests and a database thread say to each other. */
import type { Row, Statement } from '../../../ports.ts'

export interface DatabaseThreadData {
  readonly path: string
  readonly role: 'writer' | 'reader'
  /** How long one attempt waits for a lock that another process holds. */
  readonly timeoutMs: number
  readonly attempts: number
  readonly mustOwn: boolean
}

export type DatabaseQuestion =
  | { readonly kind: 'read'; readonly statement: Statement }
  | { readonly kind: 'write'; readonly batch: readonly Statement[] }
  | { readonly kind: 'script'; readonly sql: string }
  | { readonly kind: 'close' }

export type DatabaseRequest = { readonly id: number } & DatabaseQuestion

export type DatabaseAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'done'; readonly id: number; readonly results: readonly (readonly Row[])[] }
  | { readonly kind: 'failed'; readonly id: number; readonly failure: DatabaseFailure }

/** Errors lose their class on the way between threads. */
export type DatabaseFailure =
  | { readonly kind: 'constraint'; readonly message: string }
  | { readonly kind: 'unavailable'; readonly message: string }
  | { readonly kind: 'other'; readonly message: string }
