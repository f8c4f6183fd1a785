import { splitLinks } from '../lib/links.ts'

/** Of a page that somebody else answers for: it learns nothing of where the reader came from. */
export const ELSEWHERE = { target: '_blank', rel: 'noopener noreferrer nofollow ugc' } as const

/** What people wrote, with its addresses to press. */
export function LinkedText({ text, isMuted = false }: { text: string; isMuted?: boolean }) {
  return (
    <p class={isMuted ? 'pre muted' : 'pre'}>
      {splitLinks(text).map((piece) =>
        piece.href === undefined ? (
          piece.text
        ) : (
          <a href={piece.href} {...ELSEWHERE}>
            {piece.text}
          </a>
        ),
      )}
    </p>
  )
}
