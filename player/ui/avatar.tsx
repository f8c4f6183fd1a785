interface AvatarProps {
  /** Its first letter stands where there is no picture. */
  readonly name: string
  readonly url: string | null
  readonly isLarge?: boolean
}

/** Always beside the name, so it says nothing to who does not see it. */
export function Avatar({ name, url, isLarge = false }: AvatarProps) {
  const className = isLarge ? 'avatar avatar-large' : 'avatar'
  if (url !== null) return <img class={className} src={url} alt="" />
  const [letter = ''] = name
  return (
    <span class={className} aria-hidden="true">
      {letter.toUpperCase()}
    </span>
  )
}
