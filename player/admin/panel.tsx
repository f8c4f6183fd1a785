/** The admin's one page: a tab for each part, those of money only where the installation has any. */
import { Admin } from '../../shared/contracts/admin.ts'
import { SiteSettings } from '../../shared/contracts/site.ts'
import { t } from '../i18n/admin.ts'
import { t as cases } from '../i18n/cases.ts'
import { t as guestPayments } from '../i18n/guest-payments.ts'
import { t as limitsText } from '../i18n/limits.ts'
import { t as factorText } from '../i18n/second-factor.ts'
import { t as payments } from '../i18n/payments.ts'
import { t as takedowns } from '../i18n/takedowns.ts'
import { t as withdrawals } from '../i18n/withdrawals.ts'
import { ApiProblem, call, get } from '../lib/api.ts'
import { Failed, Notice, ProblemNotice } from '../ui/feedback.tsx'
import { useAction, useLoad } from '../ui/hooks.ts'
import { Page } from '../ui/page.tsx'
import { Spinner } from '../ui/parts.tsx'
import { usePolling } from '../ui/polling.ts'
import { type Tab, Tabs } from '../ui/tabs.tsx'
import { AccountTab } from './account.tsx'
import { BankTab } from './bank-accounts.tsx'
import { CasesTab } from './cases.tsx'
import { DepositsTab } from './deposits.tsx'
import { DonationsTab } from './donations.tsx'
import { GuestPaymentsTab } from './guest-payments.tsx'
import { InvitesTab } from './invites.tsx'
import { LimitsTab } from './limits.tsx'
import { LogTab } from './log.tsx'
import { MembersTab } from './members.tsx'
import { AdminNotices } from './notices.tsx'
import { OnAirTab } from './on-air.tsx'
import { RequestsTab } from './requests.tsx'
import { SettingsTab } from './settings.tsx'
import { TotalHeldAlarm } from './total-held.tsx'
import { VideosTab } from './videos.tsx'
import { WithdrawalsTab } from './withdrawals.tsx'

const POLL_MS = 30_000

interface Loaded {
  readonly admin: Admin
  readonly settings: SiteSettings
}

export function Panel() {
  const panel = useLoad(async (signal): Promise<Loaded> => {
    const [admin, settings] = await Promise.all([
      readAdmin(signal),
      get('/api/admin/site', SiteSettings, signal),
    ])
    return { admin, settings }
  })
  const readAgain = async (signal?: AbortSignal): Promise<void> => {
    if (panel.state !== 'ready') return
    const admin = await readAdmin(signal)
    if (signal?.aborted !== true) panel.setValue({ ...panel.value, admin })
  }
  usePolling(readAgain, POLL_MS)

  if (panel.state === 'failed' && isSignedOut(panel.problem)) {
    location.replace(`/admin/sign-in${location.hash}`)
    return <Spinner />
  }
  return (
    <Page
      title={t('title')}
      nav={[{ href: '/admin', label: t('title') }]}
      account={panel.state === 'ready' ? <SignOut username={panel.value.admin.username} /> : <></>}
    >
      {panel.state === 'loading' && <Spinner />}
      {panel.state === 'failed' && <Failed problem={panel.problem} onRetry={() => void panel.reload()} />}
      {panel.state === 'ready' && (
        <div class="stack">
          <h1 class="visually-hidden">{t('title')}</h1>
          {panel.value.settings.donationsEnabled && <TotalHeldAlarm totals={panel.value.admin} />}
          <AdminNotices notices={panel.value.admin.notices} onRead={readAgain} />
          {!panel.value.admin.hasSecondFactor && <FactorReminder />}
          <Tabs
            label={t('title')}
            tabs={tabs(panel.value, {
              onDecided: () => readAgain().catch(() => undefined),
              onSettings: (settings) => panel.setValue({ ...panel.value, settings }),
            })}
          />
        </div>
      )}
    </Page>
  )
}

function readAdmin(signal?: AbortSignal): Promise<Admin> {
  return get('/api/admin/me', Admin, signal)
}

function isSignedOut(problem: unknown): boolean {
  return problem instanceof ApiProblem && problem.code === 'admin_required'
}

interface Changes {
  readonly onDecided: () => Promise<void>
  readonly onSettings: (settings: SiteSettings) => void
}

function tabs({ admin, settings }: Loaded, { onDecided, onSettings }: Changes): Tab[] {
  const hasDonations = settings.donationsEnabled
  const all: (Tab | false)[] = [
    {
      id: 'requests',
      label: t('tabRequests'),
      count: admin.openRequests,
      content: () => <RequestsTab onDecided={onDecided} />,
    },
    hasDonations && {
      id: 'deposits',
      label: payments('tabDeposits'),
      count: admin.openDeposits,
      content: () => <DepositsTab onDecided={onDecided} />,
    },
    hasDonations && {
      id: 'withdrawals',
      label: withdrawals('tab'),
      count: admin.openWithdrawals,
      content: () => <WithdrawalsTab onDecided={onDecided} />,
    },
    hasDonations && {
      id: 'cases',
      label: cases('tab'),
      count: admin.openCases,
      content: () => <CasesTab onDecided={onDecided} />,
    },
    {
      id: 'members',
      label: t('tabMembers'),
      content: () => <MembersTab hasDonations={hasDonations} />,
    },
    { id: 'on-air', label: t('tabOnAir'), content: () => <OnAirTab /> },
    { id: 'videos', label: takedowns('tab'), content: () => <VideosTab /> },
    { id: 'limits', label: limitsText('tab'), content: () => <LimitsTab /> },
    hasDonations && { id: 'donations', label: t('tabDonations'), content: () => <DonationsTab /> },
    hasDonations && { id: 'guests', label: guestPayments('tab'), content: () => <GuestPaymentsTab /> },
    hasDonations && { id: 'bank', label: payments('tabBank'), content: () => <BankTab totals={admin} /> },
    { id: 'log', label: t('tabLog'), content: () => <LogTab /> },
    {
      id: 'invites',
      label: t('tabInvites'),
      content: () => <InvitesTab registration={settings.registration} />,
    },
    {
      id: 'settings',
      label: t('tabSettings'),
      content: () => <SettingsTab settings={settings} onChange={onSettings} />,
    },
    {
      id: 'account',
      label: t('tabAccount'),
      content: () => <AccountTab admin={admin} onChange={onDecided} />,
    },
  ]
  return all.filter((tab) => tab !== false)
}

/** Whoever learns an admin's password holds everybody's money: said until it is done. */
function FactorReminder() {
  return (
    <Notice>
      <p>{factorText('reminder')}</p>
      <a href="#account">{factorText('turnOn')}</a>
    </Notice>
  )
}

function SignOut({ username }: { username: string }) {
  const leave = useAction(async () => {
    await call('POST', '/api/admin/sign-out')
    location.assign('/admin/sign-in')
  })
  return (
    <>
      <button
        type="button"
        class="header-link admin-leave"
        aria-busy={leave.isBusy}
        aria-label={`${t('signOut')}: ${username}`}
        onClick={leave.run}
      >
        {t('signOut')}
      </button>
      <ProblemNotice problem={leave.problem} />
    </>
  )
}
