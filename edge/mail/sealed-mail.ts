/** What a mail in the queue keeps to itself. */
import { createSealedBox, type SealedBox } from '../http/seal.ts'
import type { Platform } from '../ports.ts'

export type MailPlatform = Pick<Platform, 'clock' | 'config' | 'database' | 'log' | 'mail' | 'random'>

export interface SealedMail {
  /** Instead of the member's address. */
  readonly to?: string
  readonly link?: string
  readonly email?: string
  readonly device?: string
}

export function mailBox({ config, random }: Pick<Platform, 'config' | 'random'>): SealedBox {
  return createSealedBox(config, random, 'panggung mail')
}
