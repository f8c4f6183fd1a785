import { useState } from 'preact/hooks'
import type { Member } from '../../shared/contracts/accounts.ts'
import { t } from '../i18n/account.ts'
import { t as words } from '../i18n/notifications.ts'
import { signInPath } from '../lib/next-path.ts'
import { signOut } from '../lib/session.ts'
import { useSession } from '../ui/context.ts'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { Failed } from '../ui/feedback.tsx'
import { mount } from '../ui/mount.tsx'
import { MoreButton } from '../ui/paged.tsx'
import { Page } from '../ui/page.tsx'
import { PasswordCard } from '../ui/password-form.tsx'
import { Badge, Button, Card, Empty, Money, Spinner } from '../ui/parts.tsx'
import { Contents, Section } from './contents.tsx'
import { AvatarCard } from './avatar.tsx'
import { EmailCard, MailWishesCard } from './mail.tsx'
import { NotificationList, useNotificationsLive } from './notifications.tsx'
import { DevicesCard } from '../ui/devices.tsx'
import { ActivityCard, DataCard, UsernameCard } from './own-account.tsx'
import { RightsCard } from './rights.tsx'
import { TermsNote } from './terms.tsx'

/** Rights and the balance come with the rights card's own turn. */
const POLL_MS = 15_000

function AccountPage() {
  const { member, hasMail } = useSession()
  if (!member) {
    location.replace(signInPath(location.pathname + location.search))
    return <Spinner />
  }
  return (
    <Page title={t('title')}>
      <div class="stack">
        <h1>{t('title')}</h1>
        <TermsNote />
        <Contents />
        <div class="columns">
          <div class="stack">
            <Section name="notifications">
              <Notifications />
            </Section>
            <Section name="rights">
              <RightsCard member={member} />
            </Section>
            <Section name="devices">
              <DevicesCard path="/api/me/sessions" />
            </Section>
            <Section name="activity">
              <ActivityCard />
            </Section>
          </div>
          <div class="stack">
            <Identity member={member} />
            <Section name="picture">
              <AvatarCard member={member} />
            </Section>
            <Section name="mail">
              <EmailCard member={member} />
              {hasMail && <MailWishesCard />}
            </Section>
            <Section name="password">
              <PasswordCard path="/api/me/password" username={member.username} />
            </Section>
            <Section name="name">
              <UsernameCard member={member} />
            </Section>
            <Section name="data">
              <DataCard />
            </Section>
          </div>
        </div>
      </div>
    </Page>
  )
}

function Identity({ member }: { member: Member }) {
  const { site } = useSession()
  const [isLeaving, setLeaving] = useState(false)
  const leave = async (): Promise<void> => {
    await signOut()
    location.assign('/')
  }
  return (
    <Card>
      <dl class="figures">
        <div>
          <dt>{t('username')}</dt>
          <dd>{member.username}</dd>
        </div>
        <div>
          <dt>{t('email')}</dt>
          <dd>{member.email}</dd>
        </div>
        {site.donationsEnabled && (
          <div>
            <dt>{t('balance')}</dt>
            <dd>
              <Money amount={member.balanceRupiah} /> <a href="/wallet">{t('openWallet')}</a>
            </dd>
          </div>
        )}
      </dl>
      {member.channels.length > 0 && (
        <div class="stack stack-tight">
          <h2>{t('channels')}</h2>
          <ul class="list">
            {member.channels.map(({ slug, title, role }) => (
              <li key={slug} class="row row-between">
                <a class="touch-link" href={`/studio/${slug}`} aria-label={`${t('openStudio')}: ${title}`}>
                  {title}
                </a>
                <Badge>{t(role)}</Badge>
              </li>
            ))}
          </ul>
        </div>
      )}
      <div>
        <Button tone="plain" onClick={() => setLeaving(true)}>
          {t('signOut')}
        </Button>
      </div>
      <ConfirmDialog
        isOpen={isLeaving}
        title={t('signOut')}
        confirmLabel={t('signOut')}
        onConfirm={leave}
        onClose={() => setLeaving(false)}
      >
        <p>{t('signOutText')}</p>
      </ConfirmDialog>
    </Card>
  )
}

function Notifications() {
  const { site } = useSession()
  const paged = useNotificationsLive(POLL_MS)
  if (paged.state === 'loading') return <Spinner />
  if (paged.state === 'failed') return <Failed problem={paged.problem} onRetry={() => void paged.reload()} />
  const { rows } = paged.value
  if (rows.length === 0)
    return (
      <Empty title={words('emptyTitle')}>
        {words(site.donationsEnabled ? 'emptyText' : 'emptyTextNoMoney')}
      </Empty>
    )
  return (
    <Card title={words('title')}>
      <NotificationList paged={paged} rows={rows} isMixed />
      <MoreButton paged={paged} />
    </Card>
  )
}

mount(AccountPage)
