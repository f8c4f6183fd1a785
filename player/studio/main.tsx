import type { Member } from '../../shared/contracts/accounts.ts'
import { RightsCard } from '../account/rights.tsx'
import { t } from '../i18n/studio.ts'
import { signInPath } from '../lib/next-path.ts'
import { useSession } from '../ui/context.ts'
import { mount } from '../ui/mount.tsx'
import { Page } from '../ui/page.tsx'
import { Badge, Card, Spinner } from '../ui/parts.tsx'
import { ChannelStudio } from './channel-studio.tsx'
import { VideoPage } from './videos/video-page.tsx'
import './studio.css'

// `/studio`, `/studio/:slug` or `/studio/:slug/videos/:id`
const [, , slug = '', , videoId] = location.pathname.split('/')

function StudioPage() {
  const { member } = useSession()
  if (!member) {
    location.replace(signInPath(location.pathname + location.search + location.hash))
    return <Spinner />
  }
  const [only, another] = member.channels
  if (slug === '' && only && !another) {
    location.replace(`/studio/${only.slug}${location.hash}`)
    return <Spinner />
  }
  return (
    <Page title={t('title')}>
      {videoId !== undefined ? (
        <VideoPage slug={decodeURIComponent(slug)} id={decodeURIComponent(videoId)} />
      ) : slug !== '' ? (
        <ChannelStudio slug={decodeURIComponent(slug)} member={member} />
      ) : only ? (
        <ChooseChannel member={member} />
      ) : (
        <NoChannel member={member} />
      )}
    </Page>
  )
}

function ChooseChannel({ member }: { member: Member }) {
  return (
    <div class="stack">
      <h1>{t('chooseTitle')}</h1>
      <ul class="grid">
        {member.channels.map((channel) => (
          <li key={channel.slug}>
            <a class="card stack stack-tight channel-choice" href={`/studio/${channel.slug}`}>
              <span class="row row-between">
                <span class="strong">{channel.title}</span>
                <Badge>{t(channel.role)}</Badge>
              </span>
              <span class="muted small">/c/{channel.slug}</span>
            </a>
          </li>
        ))}
      </ul>
    </div>
  )
}

function NoChannel({ member }: { member: Member }) {
  return (
    <div class="stack">
      <Card>
        <h1>{t('noChannelTitle')}</h1>
        <p class="muted">{t('noChannelText')}</p>
      </Card>
      <RightsCard member={member} />
    </div>
  )
}

mount(StudioPage)
