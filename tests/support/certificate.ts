/** A certificate of the tests' own making, which is its own authority. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

export interface CertificateFiles {
  readonly certificate: string
  readonly key: string
}

/** @param host a name, not an address */
export function makeCertificate(folder: string, host: string): CertificateFiles {
  const [certificate, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  execFileSync(
    'openssl',
    `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=${host} -addext
      subjectAltName=DNS:${host} -keyout ${key} -out ${certificate}`.split(/\s+/),
    { stdio: 'ignore' },
  )
  return { certificate, key }
}
