/** Plain text with three marks: `# heading`, `- item of a list`, and an empty line between paragraphs. */
export type TextBlock =
  | { readonly kind: 'heading' | 'paragraph'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }

/** Whatever is written becomes text: there are no links, pictures or marks inside a line. */
export function readSimpleText(text: string): readonly TextBlock[] {
  const blocks: TextBlock[] = []
  let lines: string[] = []
  let items: string[] = []
  const finish = (): void => {
    if (lines.length > 0) blocks.push({ kind: 'paragraph', text: lines.join(' ') })
    if (items.length > 0) blocks.push({ kind: 'list', items })
    lines = []
    items = []
  }
  for (const raw of text.split('\n')) {
    const line = raw.trim()
    const heading = /^#+\s+(.+)$/.exec(line)?.[1]
    const item = /^[-*]\s+(.+)$/.exec(line)?.[1]
    if (line === '' || heading !== undefined) finish()
    if (heading !== undefined) blocks.push({ kind: 'heading', text: heading })
    else if (item !== undefined) {
      if (lines.length > 0) finish()
      items.push(item)
    } else if (line !== '') {
      // A line that follows an item goes on with it.
      const last = items.pop()
      if (last === undefined) lines.push(line)
      else items.push(`${last} ${line}`)
    }
  }
  finish()
  return blocks
}
