/** Why object storage did not take or give what it should: in words of this project, for people and logs. */
import * as v from 'valibot'

/**
 * `silent`: no byte came or went for too long. `busy`: it asks for less (AWS, "SlowDown"). `clock`: this machine's clock
 * is wrong (RequestTimeTooSkewed). `keys`: it does not know them, or they may not do this. `bucket`: there is none of
 * that name. `region`: the bucket is at another address or in another region. `bytes`: it has others than it was sent.
 * `away`: anything else.
 */
export const STORAGE_PROBLEMS = [
  'silent',
  'away',
  'busy',
  'clock',
  'keys',
  'bucket',
  'region',
  'bytes',
] as const
export const StorageProblem = v.picklist(STORAGE_PROBLEMS)
export type StorageProblem = v.InferOutput<typeof StorageProblem>

/** The storage said no. Nothing of what was sent or answered is in the message, but the code of the error. */
export class StorageError extends Error {
  override readonly name = 'StorageError'
  readonly status: number
  /** As in the storage's own list of error codes; absent: it named none. */
  readonly code: string | undefined

  constructor(status: number, code?: string) {
    super(`The storage answered ${status}${code === undefined ? '' : ` ${code}`}`)
    this.status = status
    this.code = code
  }
}

export class StorageSilent extends Error {
  override readonly name = 'StorageSilent'
  constructor() {
    super('The storage did not answer in time')
  }
}

/** It said yes, and has something else. */
export class StorageDiffers extends Error {
  override readonly name = 'StorageDiffers'
}

const PROBLEM_OF_CODE: Readonly<Record<string, StorageProblem>> = {
  RequestTimeTooSkewed: 'clock',
  RequestExpired: 'clock',
  NoSuchBucket: 'bucket',
  InvalidBucketName: 'bucket',
  PermanentRedirect: 'region',
  TemporaryRedirect: 'region',
  Redirect: 'region',
  AuthorizationHeaderMalformed: 'region',
  IllegalLocationConstraintException: 'region',
  SlowDown: 'busy',
  ServiceUnavailable: 'busy',
  TooManyRequests: 'busy',
}
const PROBLEM_OF_STATUS: Readonly<Record<number, StorageProblem>> = {
  301: 'region',
  302: 'region',
  307: 'region',
  308: 'region',
  401: 'keys',
  403: 'keys',
  429: 'busy',
  503: 'busy',
}

export function problemOf(error: unknown): StorageProblem {
  if (error instanceof StorageDiffers) return 'bytes'
  if (error instanceof StorageSilent) return 'silent'
  if (error instanceof Error && error.name === 'TimeoutError') return 'silent'
  if (!(error instanceof StorageError)) return 'away'
  return PROBLEM_OF_CODE[error.code ?? ''] ?? PROBLEM_OF_STATUS[error.status] ?? 'away'
}
