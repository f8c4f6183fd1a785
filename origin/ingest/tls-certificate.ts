/**
 * The certificate of RTMPS, read again when its files change. Connections keep what they began with, so a
 * renewal drops nobody; files that do not fit together, as in the middle of a renewal, change nothing.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createSecureContext, type SecureContext } from 'node:tls'
import { ConfigError } from '../setting.ts'
import { errorKind, type Log } from '../observe/log.ts'

export interface CertificateFiles {
  /** PEM, with the chain. */
  readonly certFile: string
  readonly keyFile: string
}

export interface LoadedCertificate {
  readonly text: string
  readonly context: SecureContext
}

export class TlsCertificate {
  readonly #files: CertificateFiles
  readonly #log: Log
  readonly #timer: NodeJS.Timeout
  #loaded: LoadedCertificate
  /** One line for each broken state of the files, not one for each look. */
  #complainedOf: string | undefined

  private constructor(
    files: CertificateFiles,
    loaded: LoadedCertificate,
    options: { checkMs: number; log: Log },
  ) {
    this.#files = files
    this.#loaded = loaded
    this.#log = options.log
    this.#timer = setInterval(() => void this.#check(), options.checkMs).unref()
  }

  /** @throws ConfigError when the files cannot be read or do not fit together */
  static async load(
    files: CertificateFiles,
    options: { readonly checkMs: number; readonly log: Log },
  ): Promise<TlsCertificate> {
    return new TlsCertificate(files, await readCertificate(files), options)
  }

  get context(): SecureContext {
    return this.#loaded.context
  }

  close(): void {
    clearInterval(this.#timer)
  }

  async #check(): Promise<void> {
    let text = ''
    try {
      text = await textOf(this.#files)
      if (text === this.#loaded.text) return
      this.#loaded = contextOf(text)
      this.#complainedOf = undefined
      this.#log.info('certificate was renewed')
    } catch (error) {
      if (text === this.#complainedOf) return
      this.#complainedOf = text
      this.#log.warn('certificate cannot be renewed', { error: errorKind(error) })
    }
  }
}

/** @throws ConfigError when the files cannot be read or do not fit together */
export async function readCertificate(files: CertificateFiles): Promise<LoadedCertificate> {
  try {
    return contextOf(await textOf(files))
  } catch (error) {
    throw new ConfigError([`TLS_CERT_FILE and TLS_KEY_FILE cannot be used: ${errorKind(error)}`])
  }
}

/** Both files in one text, so that one comparison tells whether anything changed. */
async function textOf({ certFile, keyFile }: CertificateFiles): Promise<string> {
  const [cert, key] = await Promise.all([readFile(certFile, 'utf8'), readFile(keyFile, 'utf8')])
  return `${cert}\n${SEPARATOR}\n${key}`
}

const SEPARATOR = '===='

function contextOf(text: string): LoadedCertificate {
  const [cert = '', key = ''] = text.split(`\n${SEPARATOR}\n`)
  // A context can be made of an empty file, too, and would refuse everybody.
  if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key)))
    throw new TypeError('Cannot use certificate: the key is another one')
  return { text, context: createSecureContext({ cert, key, minVersion: 'TLSv1.2' }) }
}
