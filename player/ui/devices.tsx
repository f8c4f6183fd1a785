/** Where somebody is signed in; the others can be signed out. */
import * as v from 'valibot'
import { DeviceSession } from '../../shared/contracts/own-account.ts'
import { t } from '../i18n/devices.ts'
import { call, get } from '../lib/api.ts'
import { Failed, ProblemNotice } from './feedback.tsx'
import { useAction, useLoad } from './hooks.ts'
import { Badge, Button, Card, Spinner, Time } from './parts.tsx'

const Sessions = v.object({ sessions: v.array(DeviceSession) })

/** @param path of the sessions of whoever is signed in */
export function DevicesCard({ path }: { path: string }) {
  const sessions = useLoad(async (signal) => (await get(path, Sessions, signal)).sessions)
  const end = useAction(async () => {
    await call('DELETE', path)
    await sessions.reload()
  })
  if (sessions.state === 'loading') return <Spinner />
  if (sessions.state === 'failed')
    return <Failed problem={sessions.problem} onRetry={() => void sessions.reload()} />
  return (
    <Card title={t('title')}>
      <ul class="list">
        {sessions.value.map((session) => (
          <li key={session.id}>
            <DeviceLine path={path} session={session} onEnded={sessions.reload} />
          </li>
        ))}
      </ul>
      <ProblemNotice problem={end.problem} />
      {sessions.value.length > 1 && (
        <div>
          <Button isSmall tone="danger" onClick={() => end.run()} isBusy={end.isBusy}>
            {t('endOthers')}
          </Button>
        </div>
      )}
    </Card>
  )
}

interface DeviceLineProps {
  readonly path: string
  readonly session: DeviceSession
  readonly onEnded: () => Promise<void>
}

function DeviceLine({ path, session, onEnded }: DeviceLineProps) {
  const device = session.device === '' ? t('unknownDevice') : session.device
  const end = useAction(async () => {
    await call('DELETE', `${path}/${session.id}`)
    await onEnded()
  })
  return (
    <div class="row row-between">
      <div class="grow">
        <p class="row">
          <span class="strong">{device}</span>
          {session.isThis && <Badge tone="ok">{t('thisDevice')}</Badge>}
        </p>
        <p class="small muted">
          {t('signedIn')} <Time at={session.signedInAt} />
        </p>
        <ProblemNotice problem={end.problem} />
      </div>
      {!session.isThis && (
        <Button
          isSmall
          tone="plain"
          onClick={() => end.run()}
          isBusy={end.isBusy}
          label={t('endOf', { device })}
        >
          {t('end')}
        </Button>
      )}
    </div>
  )
}
