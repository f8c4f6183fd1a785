import { encode } from 'uqr'
import { outline } from './qr-outline.ts'

/** Modules of white around it: a scanner finds no code without them (ISO/IEC 18004, 6.3.8). */
const QUIET_ZONE = 4

/** Dark on white in every theme: many scanners read nothing else. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const { data, size } = encode(text, { ecc: 'M', border: QUIET_ZONE })
  return (
    <svg
      class="qr"
      viewBox={`0 0 ${size} ${size}`}
      shape-rendering="crispEdges"
      role="img"
      aria-label={label}
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={outline(data)} fill="#000" />
    </svg>
  )
}
