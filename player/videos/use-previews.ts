import { useEffect, useState } from 'preact/hooks'
import { ViewerPass } from '../../shared/contracts/viewers.ts'
import { call } from '../lib/api.ts'
import { loadPreviews, type Previews } from '../lib/previews.ts'

export { pictureOf } from '../lib/previews.ts'

/** Small pictures of a video, beside a player. @param passesAt where a viewer token for them is to be had */
export function usePreviewsOf(address: string | null, passesAt: string): Previews | undefined {
  const [previews, setPreviews] = useState<Previews>()
  useEffect(() => {
    if (address === null) return
    const closed = new AbortController()
    const load = async (): Promise<void> => {
      const { token } = await call('POST', passesAt, { body: {}, schema: ViewerPass })
      const signed = address.replace(/^\/vod\//, `/vod/~${token}/`)
      setPreviews(await loadPreviews(signed, closed.signal))
    }
    // Whoever has no pictures to choose from can send one.
    load().catch(() => undefined)
    return () => closed.abort()
  }, [address, passesAt])
  return previews
}
