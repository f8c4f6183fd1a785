import { AppError } from '../../../shared/errors.ts'

/** What keeps a command from starting or finishing: one line each, for the person in front of it. */
export class StartError extends Error {
  override readonly name = 'StartError'
  readonly lines: readonly string[]

  constructor(lines: string | readonly string[], options?: ErrorOptions) {
    const all = typeof lines === 'string' ? [lines] : lines
    super(all.join('\n'), options)
    this.lines = all
  }
}

/** Runs a command; an expected failure prints its lines and nothing else. */
export async function runCommand(command: () => Promise<void>): Promise<void> {
  try {
    await command()
  } catch (error) {
    if (error instanceof AppError && error.code === 'database_unavailable')
      console.error('panggung: the database does not answer: is it running, and is DATABASE_URL right?')
    // Anything unexpected is a defect, and its stack is what a report needs.
    else if (!(error instanceof StartError)) console.error(error)
    else for (const line of error.lines) console.error(`panggung: ${line}`)
    process.exit(1)
  }
}
