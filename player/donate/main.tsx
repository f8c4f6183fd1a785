import { useState } from 'preact/hooks'
import { Channel } from '../../shared/contracts/channels.ts'
import type { DonationReceipt } from '../../shared/contracts/donations.ts'
import { formatRupiah } from '../../shared/rupiah.ts'
import { t } from '../i18n/donate.ts'
import { t as waitingText } from '../i18n/waiting.ts'
import { ApiProblem, get } from '../lib/api.ts'
import { useSession } from '../ui/context.ts'
import { ElsewhereButton } from '../ui/elsewhere-button.tsx'
import { Failed, toast } from '../ui/feedback.tsx'
import { useLoad } from '../ui/hooks.ts'
import { LinkedText } from '../ui/linked-text.tsx'
import { mount } from '../ui/mount.tsx'
import { Page } from '../ui/page.tsx'
import { Button, Empty, LiveBadge, Spinner } from '../ui/parts.tsx'
import { DonationForm } from './form.tsx'
import { Success } from './success.tsx'
import { useDraft } from './use-draft.ts'
import { useWaiting, WaitingDonations } from './waiting.tsx'
import './donate.css'

// `/c/:slug/donate`
const [, , slug = ''] = location.pathname.split('/')

function Donate() {
  const { site, refresh } = useSession()
  const handle = useDraft(slug)
  const [isClosed, setClosed] = useState(false)
  const [receipt, setReceipt] = useState<DonationReceipt>()
  const waiting = useWaiting(({ amountRupiah, channel: { title: to } }) => {
    toast(waitingText('sent', { amount: formatRupiah(amountRupiah), title: to }))
    void refresh()
  })
  const channel = useLoad((signal) => get(`/api/channels/${encodeURIComponent(slug)}`, Channel, signal))
  const title = channel.state === 'ready' ? t('title', { title: channel.value.title }) : site.name
  const onSent = (sent: DonationReceipt): void => {
    setReceipt(sent)
    scrollTo(0, 0)
    void refresh()
  }
  return (
    <Page title={title} isNarrow>
      {channel.state === 'loading' ? (
        <Spinner />
      ) : channel.state === 'failed' ? (
        <CannotLoad problem={channel.problem} onRetry={() => void channel.reload()} />
      ) : receipt ? (
        <Success
          receipt={receipt}
          elsewhereUrl={channel.value.live ? null : channel.value.elsewhereUrl}
          onAgain={() => setReceipt(undefined)}
        />
      ) : isClosed || !channel.value.acceptsDonations ? (
        <Closed channel={channel.value} />
      ) : (
        <div class="stack">
          <Head channel={channel.value} />
          <WaitingDonations waiting={waiting} />
          <DonationForm
            channel={channel.value}
            handle={handle}
            onSent={onSent}
            onClosed={() => setClosed(true)}
            onWaiting={waiting.reload}
          />
        </div>
      )}
    </Page>
  )
}

function Head({ channel }: { channel: Channel }) {
  return (
    <div class="stack stack-tight">
      {channel.bannerUrl !== null && <img class="donate-banner" src={channel.bannerUrl} alt="" />}
      {channel.live && (
        <p>
          <LiveBadge />
        </p>
      )}
      <h1>{t('title', { title: channel.title })}</h1>
      {channel.memo !== '' && <LinkedText text={channel.memo} isMuted />}
      {!channel.live && channel.elsewhereUrl !== null && (
        <p>
          <ElsewhereButton url={channel.elsewhereUrl} tone="soft" />
        </p>
      )}
    </div>
  )
}

function Closed({ channel }: { channel: Channel }) {
  return (
    <Empty
      isWholePage
      title={t('closedTitle')}
      action={
        <Button tone="main" href={`/c/${channel.slug}`}>
          {t('watch', { title: channel.title })}
        </Button>
      }
    >
      {t('closedText')}
    </Empty>
  )
}

function CannotLoad({ problem, onRetry }: { problem: unknown; onRetry: () => void }) {
  if (!(problem instanceof ApiProblem) || problem.code !== 'not_found')
    return <Failed problem={problem} onRetry={onRetry} />
  return (
    <Empty
      isWholePage
      title={t('notFoundTitle')}
      action={
        <Button tone="main" href="/">
          {t('toHome')}
        </Button>
      }
    >
      {t('notFoundText')}
    </Empty>
  )
}

mount(Donate)
