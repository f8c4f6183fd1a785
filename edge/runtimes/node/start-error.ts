/** What keeps a command from starting or finishing, in one line for the person in front of it. */
export class StartError extends Error {
  override readonly name = 'StartError'
}

/** Runs a command; an expected failure prints its line and nothing else. */
export async function runCommand(command: () => Promise<void>): Promise<void> {
  try {
    await command()
  } catch (error) {
    console.error(lineOf(error))
    process.exit(1)
  }
}

function lineOf(error: unknown): unknown {
  // Anything else is a defect, and its stack is what a report needs.
  return error instanceof StartError ? `panggung: ${error.message}` : error
}
