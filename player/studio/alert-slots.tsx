/** Further places where alerts are shown: made, named and removed here, each with a link of its own. */
import { useState } from 'preact/hooks'
import * as v from 'valibot'
import {
  AlertSlots,
  type AlertSlot,
  MAX_MORE_SLOTS,
  SLOT_NAME_MAX_CHARS,
} from '../../shared/contracts/alerts.ts'
import { t } from '../i18n/alert-slots.ts'
import { t as studio } from '../i18n/studio.ts'
import { call, get } from '../lib/api.ts'
import { fieldText } from '../lib/problem-text.ts'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { Failed, Notice, ProblemNotice } from '../ui/feedback.tsx'
import { Field } from '../ui/field.tsx'
import { useAction, useLoad } from '../ui/hooks.ts'
import { Badge, Button, Card, Spinner } from '../ui/parts.tsx'
import { usePolling } from '../ui/polling.ts'
import { CopyField } from '../ui/secret.tsx'
import { obsLink } from './obs-link.ts'
import { OpenPages } from './open-pages.tsx'

const MadeSlot = v.object({ slot: v.string(), url: v.string() })
const MadeLink = v.object({ url: v.string() })

type Asked = 'replace' | 'rename' | 'remove'

export function AlertSlotsCard({ slug, pollMs }: { slug: string; pollMs: number }) {
  const path = `/api/studio/${slug}/slots`
  const read = (signal?: AbortSignal) => get(path, AlertSlots, signal)
  const slots = useLoad(read, [path])
  const [name, setName] = useState('')
  /** Links that were made on this page: nowhere else are they known. */
  const [links, setLinks] = useState<Readonly<Record<string, string>>>({})
  const [asked, setAsked] = useState<{ slot: AlertSlot; action: Asked }>()
  const showLink = (slot: string, url: string): void => setLinks((known) => ({ ...known, [slot]: url }))

  usePolling(async (signal) => {
    if (slots.state !== 'ready') return
    const value = await read(signal)
    if (!signal.aborted) slots.setValue(value)
  }, pollMs)
  const add = useAction(async () => {
    const { slot, url } = await call('POST', path, { body: { name }, schema: MadeSlot })
    showLink(slot, url)
    setName('')
    await slots.reload()
  })

  if (slots.state === 'loading') return <Spinner />
  if (slots.state === 'failed') return <Failed problem={slots.problem} onRetry={() => void slots.reload()} />
  const list = slots.value.slots
  return (
    <Card title={t('title')}>
      <p class="small muted">{t('text')}</p>
      {list.length > 0 && (
        <ul class="list">
          {list.map((slot) => (
            <SlotRow
              key={slot.slot}
              slot={slot}
              url={links[slot.slot]}
              onAsk={(action) => setAsked({ slot, action })}
            />
          ))}
        </ul>
      )}
      {list.length < MAX_MORE_SLOTS && (
        <form class="stack stack-tight" onSubmit={add.run}>
          <Field
            label={t('name')}
            hint={t('nameHint')}
            value={name}
            onInput={setName}
            autoComplete="off"
            isRequired
            maxLength={SLOT_NAME_MAX_CHARS}
            error={fieldText(add.problem, 'name')}
          />
          <ProblemNotice problem={add.problem} />
          <div>
            <Button type="submit" isBusy={add.isBusy}>
              {t('add')}
            </Button>
          </div>
        </form>
      )}
      <SlotDialog
        path={path}
        asked={asked}
        onLink={showLink}
        onDone={() => slots.reload()}
        onClose={() => setAsked(undefined)}
      />
    </Card>
  )
}

interface SlotRowProps {
  readonly slot: AlertSlot
  readonly url: string | undefined
  readonly onAsk: (action: Asked) => void
}

function SlotRow({ slot: { slot, name, pages }, url, onAsk }: SlotRowProps) {
  return (
    <li class="stack stack-tight" data-slot={slot}>
      <div class="row row-between">
        <p class="strong break">{name}</p>
        {pages.length === 0 ? <Badge>{t('noPages')}</Badge> : <Badge tone="ok">{t('onePage')}</Badge>}
      </div>
      {url !== undefined && (
        <>
          <CopyField label={t('link', { name })} text={url} />
          <Notice tone="ok">{studio('overlayOnce')}</Notice>
          <p>
            <Button href={obsLink(url, t('dragLink', { name }))}>⠿ {t('dragLink', { name })}</Button>
          </p>
        </>
      )}
      <OpenPages pages={pages} />
      <div class="row">
        {(['rename', 'replace', 'remove'] as const).map((action) => (
          <Button
            key={action}
            isSmall
            tone={action === 'remove' ? 'danger' : 'plain'}
            label={t('actionOn', { action: t(action), name })}
            onClick={() => onAsk(action)}
          >
            {t(action)}
          </Button>
        ))}
      </div>
    </li>
  )
}

interface SlotDialogProps {
  readonly path: string
  readonly asked: { readonly slot: AlertSlot; readonly action: Asked } | undefined
  readonly onLink: (slot: string, url: string) => void
  readonly onDone: () => Promise<void>
  readonly onClose: () => void
}

function SlotDialog({ path, asked, onLink, onDone, onClose }: SlotDialogProps) {
  const [newName, setNewName] = useState<string>()
  if (!asked) return null
  const { slot, name } = asked.slot
  const { action } = asked
  const url = `${path}/${slot}`
  const close = (): void => {
    setNewName(undefined)
    onClose()
  }
  const confirm = async (): Promise<void> => {
    if (action === 'rename') await call('PATCH', url, { body: { name: newName ?? name } })
    else if (action === 'remove') await call('DELETE', url, { body: {} })
    else onLink(slot, (await call('POST', `${url}/link`, { body: {}, schema: MadeLink })).url)
    await onDone()
  }
  return (
    <ConfirmDialog
      isOpen
      title={t(`${action}Title`, { name })}
      confirmLabel={t(action)}
      isDanger={action !== 'rename'}
      onConfirm={confirm}
      onClose={close}
    >
      {action === 'rename' ? (
        <Field
          label={t('name')}
          value={newName ?? name}
          onInput={setNewName}
          autoComplete="off"
          isRequired
          maxLength={SLOT_NAME_MAX_CHARS}
        />
      ) : (
        <p>{t(`${action}Text`)}</p>
      )}
    </ConfirmDialog>
  )
}
