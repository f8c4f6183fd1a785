import * as v from 'valibot'
import { ChannelCard } from '../../shared/contracts/channels.ts'
import { t } from '../i18n/not-found.ts'
import { get } from '../lib/api.ts'
import { useLoad } from '../ui/hooks.ts'
import { mount } from '../ui/mount.tsx'
import { Page } from '../ui/page.tsx'
import { Button, Empty } from '../ui/parts.tsx'
import { nearestChannels } from './nearest.ts'

const Channels = v.object({ channels: v.array(ChannelCard) })

function NotFound() {
  return (
    <Page title={t('title')} isNarrow>
      <div class="stack">
        <Empty
          isWholePage
          title={t('title')}
          action={
            <Button tone="main" href="/">
              {t('toHome')}
            </Button>
          }
        >
          {t('text')}
        </Empty>
        <Nearest />
      </div>
    </Page>
  )
}

/** Only a help: when it cannot be loaded, the way home is there already. */
function Nearest() {
  const channels = useLoad(async (signal) => (await get('/api/channels', Channels, signal)).channels)
  if (channels.state !== 'ready') return null
  const nearest = nearestChannels(location.pathname, channels.value)
  if (nearest.length === 0) return null
  return (
    <nav class="stack center" aria-label={t('nearest')}>
      <p>{t('nearest')}</p>
      <ul class="stack stack-tight">
        {nearest.map(({ slug, title }) => (
          <li key={slug}>
            <a href={`/c/${slug}`}>
              {title} <span class="muted">/c/{slug}</span>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

mount(NotFound)
