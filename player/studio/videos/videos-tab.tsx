/** The channel's videos: files are sent, and what there is is looked after. */
import { useState } from 'preact/hooks'
import type { StudioChannel } from '../../../shared/contracts/studio.ts'
import { RetentionCard } from '../../videos/retention-card.tsx'
import { UploadCard } from '../uploads/upload-card.tsx'
import { Library } from './library.tsx'

export function VideosTab({ channel }: { channel: StudioChannel }) {
  const [readyCount, setReadyCount] = useState(0)
  return (
    <div class="stack">
      <UploadCard slug={channel.slug} onReady={() => setReadyCount((count) => count + 1)} />
      <Library channel={channel} readyCount={readyCount} />
      {channel.role === 'owner' && <RetentionCard path={`/api/studio/${channel.slug}/retention`} />}
    </div>
  )
}
