import { useState } from 'preact/hooks'
import { Broadcast } from '../../shared/contracts/channels.ts'
import { ApiProblem, get } from '../lib/api.ts'
import { useSession } from '../ui/context.ts'
import { Failed } from '../ui/feedback.tsx'
import { useLoad } from '../ui/hooks.ts'
import { mount } from '../ui/mount.tsx'
import { Page } from '../ui/page.tsx'
import { Spinner } from '../ui/parts.tsx'
import { Invitation } from './invitation.tsx'
import { PastBroadcast } from './broadcast-view.tsx'
import { ChannelNotFound, ChannelView } from './channel-view.tsx'
import { VideoView } from './video-view.tsx'

// `/c/:slug`, `/b/:broadcast` or `/v/:video`; the edge serves this page only for these.
const [, kind, name = ''] = location.pathname.split('/')

function Watch() {
  const { site } = useSession()
  const [title, setTitle] = useState(site.name)
  return (
    <Page title={title}>
      {kind === 'v' ? (
        <VideoView id={name} onTitle={setTitle} />
      ) : kind === 'b' ? (
        <BroadcastPage id={name} onTitle={setTitle} />
      ) : (
        <ChannelView slug={name} onTitle={setTitle} />
      )}
    </Page>
  )
}

function BroadcastPage({ id, onTitle }: { id: string; onTitle: (title: string) => void }) {
  const broadcast = useLoad(
    async (signal) => {
      const loaded = await get(`/api/broadcasts/${encodeURIComponent(id)}`, Broadcast, signal)
      onTitle(loaded.channel.title)
      return loaded
    },
    [id],
  )
  if (broadcast.state === 'loading') return <Spinner />
  if (broadcast.state === 'failed')
    return codeOf(broadcast.problem) === 'not_found' ? (
      <ChannelNotFound />
    ) : codeOf(broadcast.problem) === 'sign_in_required' ? (
      <Invitation />
    ) : (
      <Failed problem={broadcast.problem} onRetry={() => void broadcast.reload()} />
    )
  const { value } = broadcast
  if (value.endedAt === null) return <ChannelView slug={value.channel.slug} />
  return value.videoId !== null ? (
    <VideoView id={value.videoId} onTitle={onTitle} />
  ) : (
    <PastBroadcast broadcast={value} endedAt={value.endedAt} />
  )
}

function codeOf(problem: unknown): string | undefined {
  return problem instanceof ApiProblem ? problem.code : undefined
}

mount(Watch)
// Loads beside the first answers, so that the first picture does not wait for it.
void import('../lib/playback.ts')
