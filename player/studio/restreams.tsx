/** Where the broadcast is forwarded to: other RTMP servers, each switched on and off alone. */
import { useState } from 'preact/hooks'
import * as v from 'valibot'
import { MAX_RESTREAM_TARGETS } from '../../shared/contracts/internal.ts'
import { RestreamInfo } from '../../shared/contracts/studio.ts'
import { t } from '../i18n/restreams.ts'
import { call, get } from '../lib/api.ts'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { Failed, ProblemNotice, toast } from '../ui/feedback.tsx'
import { CheckField } from '../ui/field.tsx'
import { useAction, useLoad } from '../ui/hooks.ts'
import { Button, Card, Spinner } from '../ui/parts.tsx'
import { RestreamForm } from './restream-form.tsx'

const Targets = v.object({ targets: v.array(RestreamInfo) })

export function RestreamsCard({ slug }: { slug: string }) {
  const path = `/api/studio/${slug}/restreams`
  const targets = useLoad(async (signal) => (await get(path, Targets, signal)).targets, [slug])
  const [editing, setEditing] = useState<RestreamInfo | 'new'>()
  const [removed, setRemoved] = useState<RestreamInfo>()

  const remove = async (): Promise<void> => {
    if (!removed) return
    await call('DELETE', `${path}/${removed.id}`)
    toast(t('removed'))
    await targets.reload()
  }
  const saved = async (): Promise<void> => {
    await targets.reload()
    setEditing(undefined)
    toast(t('saved'))
  }

  if (targets.state === 'loading') return <Spinner />
  if (targets.state === 'failed')
    return <Failed problem={targets.problem} onRetry={() => void targets.reload()} />
  return (
    <Card title={t('title')}>
      <p class="small muted">{t('text')}</p>
      {targets.value.length > 0 && (
        <ul class="list">
          {targets.value.map((target) => (
            <li key={target.id}>
              <Target
                path={path}
                target={target}
                onChange={targets.reload}
                onEdit={() => setEditing(target)}
                onRemove={() => setRemoved(target)}
              />
            </li>
          ))}
        </ul>
      )}
      {targets.value.length < MAX_RESTREAM_TARGETS ? (
        <div>
          <Button tone="plain" onClick={() => setEditing('new')}>
            {t('add')}
          </Button>
        </div>
      ) : (
        <p class="small muted">{t('full', { count: MAX_RESTREAM_TARGETS })}</p>
      )}
      {editing !== undefined && (
        <RestreamForm
          path={path}
          target={editing === 'new' ? undefined : editing}
          onSaved={saved}
          onClose={() => setEditing(undefined)}
        />
      )}
      <ConfirmDialog
        isOpen={removed !== undefined}
        title={t('removeTitle', { name: removed?.name ?? '' })}
        confirmLabel={t('remove')}
        isDanger
        onConfirm={remove}
        onClose={() => setRemoved(undefined)}
      >
        <p>{t('removeText')}</p>
      </ConfirmDialog>
    </Card>
  )
}

interface TargetProps {
  readonly path: string
  readonly target: RestreamInfo
  readonly onChange: () => Promise<void>
  readonly onEdit: () => void
  readonly onRemove: () => void
}

function Target({ path, target, onChange, onEdit, onRemove }: TargetProps) {
  const { id, name, url, keyEnd, isEnabled } = target
  // At once what was asked for; back again when the server refuses.
  const [isOn, setOn] = useState(isEnabled)
  const flip = useAction(async () => {
    setOn(!isOn)
    try {
      await call('PATCH', `${path}/${id}`, { body: { isEnabled: !isOn } })
    } catch (problem) {
      setOn(isOn)
      throw problem
    }
    await onChange()
  })
  return (
    <div class="stack stack-tight">
      <CheckField
        label={<span class="strong">{name}</span>}
        hint={
          <>
            <span class="break">{url}</span> · {t('keyKept', { end: keyEnd })}
          </>
        }
        isChecked={isOn}
        onChange={() => flip.run()}
      />
      <ProblemNotice problem={flip.problem} />
      <div class="row">
        <Button isSmall tone="plain" onClick={onEdit} label={`${t('edit')}: ${name}`}>
          {t('edit')}
        </Button>
        <Button isSmall tone="danger" onClick={onRemove} label={`${t('remove')}: ${name}`}>
          {t('remove')}
        </Button>
      </div>
    </div>
  )
}
