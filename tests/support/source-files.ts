/** The tracked (and not yet tracked) files of the repository, read once for the tests that inspect them. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

export interface Import {
  /** As written. */
  readonly specifier: string
  /** Path from the root of the repository, for relative imports. */
  readonly path: string | undefined
  readonly isTypeOnly: boolean
}

export interface SourceFile {
  readonly path: string
  readonly text: string
  /** Without comments and without what stands inside string literals. */
  readonly code: string
  readonly imports: readonly Import[]
  readonly isTest: boolean
}

export function listFiles(): string[] {
  const output = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 16_777_216,
  })
  // A file that was just deleted is still in the index.
  return output.split('\0').filter((path) => path !== '' && existsSync(join(ROOT, path)))
}

export function readSource(path: string): SourceFile {
  const text = readFileSync(join(ROOT, path), 'utf8')
  return {
    path,
    text,
    code: blank(text, { strings: true }),
    imports: importsOf(path, blank(text, { strings: false })),
    isTest: /\.test\.tsx?$/.test(path),
  }
}

const IMPORT =
  /(?:^|[;\n}])\s*(?:import|export)(\s+type\b)?(?:[\s\w$*{},]*?\bfrom)?\s*(['"])([^'"\n]+)\2|\bimport\s*\(\s*(['"])([^'"\n]+)\4/g

function importsOf(path: string, code: string): Import[] {
  return [...code.matchAll(IMPORT)].map((match) => {
    const specifier = match[3] ?? match[5] ?? ''
    return {
      specifier,
      path: specifier.startsWith('.') ? normalize(join(dirname(path), specifier)) : undefined,
      isTypeOnly: match[1] !== undefined,
    }
  })
}

/** One token a time, so that a `//` inside a string and a quote inside a comment are both left alone. */
const TOKEN = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`/g

function blank(text: string, { strings }: { strings: boolean }): string {
  return text.replaceAll(TOKEN, (token) => {
    if (token.startsWith('/')) return token.replaceAll(/[^\n]/g, ' ')
    if (!strings) return token
    // What a template literal embeds is code.
    if (token.startsWith('`'))
      return `\`${[...token.matchAll(/\$\{([^}]*)\}/g)].map((m) => m[1]).join(' ')}\``
    return token.charAt(0).repeat(2)
  })
}
