/** Outlines on a 24 grid, drawn for this product. */
const PATHS = {
  play: 'M8 5.5v13l10.5-6.5z',
  pause: 'M7.5 5.5h3v13h-3zM13.5 5.5h3v13h-3z',
  sound: 'M4 9.5v5h3.5l4.5 4v-13l-4.5 4zM15.5 8.5a5 5 0 0 1 0 7M18 6a8.5 8.5 0 0 1 0 12',
  muted: 'M4 9.5v5h3.5l4.5 4v-13l-4.5 4zM16 9.5l5 5M21 9.5l-5 5',
  expand: 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5',
  shrink: 'M9 4v5H4M15 4v5h5M9 20v-5H4M15 20v-5h5',
  picture: 'M3 5h18v14H3zM12 12h7v5h-7z',
  quality: 'M4 7h9M19 7h1M4 17h1M11 17h9M13 4.5v5h5v-5zM5 14.5v5h5v-5z',
  captions: 'M3 5h18v14H3zM10.5 10.5a2.2 2.2 0 1 0 0 3M17.5 10.5a2.2 2.2 0 1 0 0 3',
  share: 'M12 15V4M8 7.5 12 3.5l4 4M5 12v7.5h14V12',
  heart:
    'M12 20S4 15 4 9.3C4 6.5 6 5 8 5c1.8 0 3.2 1 4 2.5C12.8 6 14.2 5 16 5c2 0 4 1.5 4 4.3C20 15 12 20 12 20z',
  check: 'M5 12.5l4.5 4.5L19 7',
} as const

export type IconName = keyof typeof PATHS

/** Decoration only: the button around it carries the label. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg
      class="icon"
      viewBox="0 0 24 24"
      width="24"
      height="24"
      fill="none"
      stroke="currentColor"
      stroke-width="2"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  )
}
