/** Stream keys: hidden until their own person asks, each revoked alone. */
import { useState } from 'preact/hooks'
import { KEY_KINDS, type KeyKind, RevealedKey, type StreamKey } from '../../shared/contracts/studio.ts'
import { t } from '../i18n/studio-on-air.ts'
import { call } from '../lib/api.ts'
import { fieldText } from '../lib/problem-text.ts'
import { formatInstant } from '../lib/time.ts'
import { useSession } from '../ui/context.ts'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { Notice, ProblemNotice, toast } from '../ui/feedback.tsx'
import { Field, SelectField } from '../ui/field.tsx'
import { useAction } from '../ui/hooks.ts'
import { Badge, Button, Empty } from '../ui/parts.tsx'
import { SecretField } from '../ui/secret.tsx'
import { PhoneKeyDialog } from './phone-key.tsx'
import { isUsable, type KeyState, keyState } from './key-state.ts'

interface KeyListProps {
  readonly slug: string
  readonly keys: readonly StreamKey[]
  readonly isOnAir: (key: StreamKey) => boolean
  readonly onChange: () => Promise<void>
}

export function KeyList({ slug, keys, isOnAir, onChange }: KeyListProps) {
  const [revoked, setRevoked] = useState<StreamKey>()
  const nowMs = Date.now()
  const usable = keys.filter((key) => isUsable(keyState(key, nowMs)))
  const old = keys.filter((key) => !usable.includes(key))

  const revoke = async (): Promise<void> => {
    if (!revoked) return
    await call('DELETE', `/api/studio/${slug}/keys/${revoked.jti}`)
    toast(t('revoked'))
    await onChange()
  }
  return (
    <div class="stack">
      {usable.length === 0 ? (
        <Empty title={t('keysEmptyTitle')}>{t('keysEmptyText')}</Empty>
      ) : (
        <ul class="list keys">
          {usable.map((key) => (
            <li key={key.jti}>
              <UsableKey
                slug={slug}
                streamKey={key}
                isOnAir={isOnAir(key)}
                onRevoke={() => setRevoked(key)}
              />
            </li>
          ))}
        </ul>
      )}
      {old.length > 0 && (
        <details class="old-keys">
          <summary>{t('oldKeys', { count: old.length })}</summary>
          <ul class="list">
            {old.map((key) => (
              <li key={key.jti} class="stack stack-tight">
                <KeyHead streamKey={key} state={keyState(key, nowMs)} isOnAir={false} />
                <KeyTimes streamKey={key} />
              </li>
            ))}
          </ul>
        </details>
      )}
      <ConfirmDialog
        isOpen={revoked !== undefined}
        title={t('revokeTitle', { name: revoked?.name ?? '' })}
        confirmLabel={t('revoke')}
        isDanger
        onConfirm={revoke}
        onClose={() => setRevoked(undefined)}
      >
        <p>{t('revokeText')}</p>
      </ConfirmDialog>
    </div>
  )
}

interface UsableKeyProps {
  readonly slug: string
  readonly streamKey: StreamKey
  readonly isOnAir: boolean
  readonly onRevoke: () => void
}

function UsableKey({ slug, streamKey, isOnAir, onRevoke }: UsableKeyProps) {
  const state = keyState(streamKey, Date.now())
  const reveal = async (): Promise<string> => {
    const path = `/api/studio/${slug}/keys/${streamKey.jti}/reveal`
    return (await call('POST', path, { schema: RevealedKey })).streamKey
  }
  return (
    <div class="stack stack-tight">
      <KeyHead streamKey={streamKey} state={state} isOnAir={isOnAir} />
      {state.kind === 'expires_soon' && <Notice>{t('keyRenew')}</Notice>}
      {streamKey.kind === 'short' ? (
        <p class="small muted">{t('keyShort')}</p>
      ) : streamKey.isMine ? (
        <SecretField label={t('streamKey')} reveal={reveal} />
      ) : (
        <p class="small muted">{t('keyNotMine', { name: streamKey.member })}</p>
      )}
      <div class="row row-between">
        <KeyTimes streamKey={streamKey} />
        <Button isSmall tone="danger" onClick={onRevoke} label={t('revokeOf', { name: streamKey.name })}>
          {t('revoke')}
        </Button>
      </div>
    </div>
  )
}

interface KeyHeadProps {
  readonly streamKey: StreamKey
  readonly state: KeyState
  readonly isOnAir: boolean
}

function KeyHead({ streamKey, state, isOnAir }: KeyHeadProps) {
  return (
    <div class="row">
      <h3>{streamKey.name}</h3>
      {isOnAir && <Badge tone="live">{t('keyOnAir')}</Badge>}
      <StateBadge state={state} />
      {!streamKey.isMine && <span class="small muted">{t('keyOf', { name: streamKey.member })}</span>}
    </div>
  )
}

function StateBadge({ state }: { state: KeyState }) {
  switch (state.kind) {
    case 'active':
      return <Badge tone="ok">{t('keyActive')}</Badge>
    case 'expired':
      return <Badge>{t('keyExpired')}</Badge>
    case 'revoked':
      return <Badge>{t('keyRevoked')}</Badge>
    case 'expires_soon':
      return (
        <Badge tone="danger">
          {state.daysLeft === 0 ? t('keyExpiresToday') : t('keyExpiresSoon', { days: state.daysLeft })}
        </Badge>
      )
  }
}

function KeyTimes({ streamKey: { issuedAt, expiresAt, lastUsedAt } }: { streamKey: StreamKey }) {
  const { site } = useSession()
  const date = (at: number): string => formatInstant(at, site.timeZone, 'date')
  return (
    <p class="small muted grow">
      {t('keyIssued', { time: date(issuedAt) })} · {t('keyExpires', { time: date(expiresAt) })} ·{' '}
      {lastUsedAt === null
        ? t('keyNeverUsed')
        : t('keyLastUsed', { time: formatInstant(lastUsedAt, site.timeZone) })}
    </p>
  )
}

const KEY_NAME_MAX_CHARS = 40

export function NewKey({ slug, onMade }: { slug: string; onMade: () => Promise<void> }) {
  const [name, setName] = useState('')
  const [kind, setKind] = useState<KeyKind>('jwt')
  const [issued, setIssued] = useState<RevealedKey>()
  const make = useAction(async () => {
    const body = { name, kind }
    const key = await call('POST', `/api/studio/${slug}/keys`, { body, schema: RevealedKey })
    setName('')
    if (kind === 'short') setIssued(key)
    else toast(t('keyMade'))
    await onMade()
  })
  return (
    <>
      <form class="stack stack-tight" onSubmit={make.run}>
        <div class="inline-form">
          <Field
            label={t('keyName')}
            value={name}
            onInput={setName}
            placeholder={t('keyNamePlaceholder')}
            autoComplete="off"
            isRequired
            maxLength={KEY_NAME_MAX_CHARS}
            error={fieldText(make.problem, 'name')}
          />
          <SelectField
            label={t('keyFor')}
            value={kind}
            options={KEY_KINDS.map((value) => ({ value, label: t(`keyFor_${value}`) }))}
            onChange={(value) => setKind(value as KeyKind)}
          />
          <Button type="submit" tone="main" isBusy={make.isBusy}>
            {t('keyNew')}
          </Button>
        </div>
        <ProblemNotice problem={make.problem} />
      </form>
      {issued && <PhoneKeyDialog issued={issued} onClose={() => setIssued(undefined)} />}
    </>
  )
}
