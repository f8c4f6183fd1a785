/** What may go on air: limits for all channels, and those of single ones. */
import { useState } from 'preact/hooks'
import * as v from 'valibot'
import { AdminLimits, type InstallationLimits } from '../../shared/contracts/limits.ts'
import { ChannelCard } from '../../shared/contracts/channels.ts'
import { NO_LIMITS } from '../../shared/contracts/internal.ts'
import { t } from '../i18n/limits.ts'
import { call, get } from '../lib/api.ts'
import { limitTexts, readLimit, writeLimit } from '../lib/limit-text.ts'
import { fieldText } from '../lib/problem-text.ts'
import { ActionForm } from '../ui/action-form.tsx'
import { ConfirmDialog, Dialog, DialogEnd } from '../ui/dialog.tsx'
import { Failed, ProblemNotice, toast } from '../ui/feedback.tsx'
import { SelectField } from '../ui/field.tsx'
import { useAction, useLoad } from '../ui/hooks.ts'
import { Button, Card, Spinner } from '../ui/parts.tsx'
import { LimitField, LimitFields, useLimitsForm } from './limits-form.tsx'

const PATH = '/api/admin/limits'
const Channels = v.object({ channels: v.array(ChannelCard) })
type OwnLimits = AdminLimits['channels'][number]

export function LimitsTab() {
  const limits = useLoad((signal) => get(PATH, AdminLimits, signal))
  if (limits.state === 'loading') return <Spinner />
  if (limits.state === 'failed')
    return <Failed problem={limits.problem} onRetry={() => void limits.reload()} />
  return (
    <div class="columns">
      <InstallationCard limits={limits.value.installation} onChange={limits.setValue} />
      <ChannelsCard channels={limits.value.channels} onChange={limits.setValue} />
    </div>
  )
}

interface InstallationCardProps {
  readonly limits: InstallationLimits
  readonly onChange: (limits: AdminLimits) => void
}

function InstallationCard({ limits, onChange }: InstallationCardProps) {
  const form = useLimitsForm(limits)
  const [broadcasts, setBroadcasts] = useState(writeLimit(limits.maxBroadcasts, 1))
  const maxBroadcasts = readLimit(broadcasts, 1)
  const [siteViewers, setSiteViewers] = useState(writeLimit(limits.maxSiteViewers, 1))
  const maxSiteViewers = readLimit(siteViewers, 1)
  const save = useAction(async () => {
    const body = { ...form.limits, maxBroadcasts, maxSiteViewers }
    onChange(await call('PUT', PATH, { body, schema: AdminLimits }))
    toast(t('saved'))
  })
  return (
    <Card title={t('siteTitle')}>
      <ActionForm
        action={save}
        label={t('save')}
        button="main"
        isDisabled={form.limits === undefined || maxBroadcasts === undefined || maxSiteViewers === undefined}
      >
        <p class="small muted">{t('siteText')}</p>
        <LimitFields form={form} errorOf={(name) => fieldText(save.problem, name)} />
        <LimitField
          label={t('maxBroadcasts')}
          hint={t('maxBroadcastsHint')}
          text={broadcasts}
          unit={1}
          onInput={setBroadcasts}
          error={fieldText(save.problem, 'maxBroadcasts')}
        />
        <LimitField
          label={t('maxSiteViewers')}
          hint={t('maxSiteViewersHint')}
          text={siteViewers}
          unit={1}
          onInput={setSiteViewers}
          error={fieldText(save.problem, 'maxSiteViewers')}
        />
      </ActionForm>
    </Card>
  )
}

interface ChannelsCardProps {
  readonly channels: readonly OwnLimits[]
  readonly onChange: (limits: AdminLimits) => void
}

function ChannelsCard({ channels, onChange }: ChannelsCardProps) {
  const [editing, setEditing] = useState<OwnLimits | 'new'>()
  const [removed, setRemoved] = useState<OwnLimits>()
  const remove = async (): Promise<void> => {
    if (!removed) return
    onChange(await call('DELETE', `/api/admin/channels/${removed.slug}/limits`, { schema: AdminLimits }))
    toast(t('removed'))
  }
  return (
    <Card title={t('channelsTitle')}>
      <p class="small muted">{t('channelsText')}</p>
      {channels.length === 0 && <p>{t('channelsEmpty')}</p>}
      <ul class="list">
        {channels.map((channel) => (
          <li key={channel.slug} class="row row-between">
            <div class="grow">
              <p class="strong">{channel.title}</p>
              <p class="small muted">{limitTexts(channel.limits).join(', ') || t('none')}</p>
            </div>
            <div class="row">
              <Button
                isSmall
                tone="plain"
                onClick={() => setEditing(channel)}
                label={`${t('edit')}: ${channel.title}`}
              >
                {t('edit')}
              </Button>
              <Button
                isSmall
                tone="danger"
                onClick={() => setRemoved(channel)}
                label={`${t('remove')}: ${channel.title}`}
              >
                {t('remove')}
              </Button>
            </div>
          </li>
        ))}
      </ul>
      <div>
        <Button tone="plain" onClick={() => setEditing('new')}>
          {t('add')}
        </Button>
      </div>
      {editing !== undefined && (
        <ChannelDialog
          channel={editing === 'new' ? undefined : editing}
          onChange={onChange}
          onClose={() => setEditing(undefined)}
        />
      )}
      <ConfirmDialog
        isOpen={removed !== undefined}
        title={t('removeTitle', { title: removed?.title ?? '' })}
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

interface ChannelDialogProps {
  /** `undefined`: one is chosen here. */
  readonly channel: OwnLimits | undefined
  readonly onChange: (limits: AdminLimits) => void
  readonly onClose: () => void
}

function ChannelDialog({ channel, onChange, onClose }: ChannelDialogProps) {
  const [slug, setSlug] = useState(channel?.slug ?? '')
  const form = useLimitsForm(channel?.limits ?? { ...NO_LIMITS, maxViewers: null })
  const save = useAction(async () => {
    const path = `/api/admin/channels/${slug}/limits`
    onChange(await call('PUT', path, { body: form.limits, schema: AdminLimits }))
    toast(t('saved'))
    onClose()
  })
  const title = channel ? t('editTitle', { title: channel.title }) : t('addTitle')
  return (
    <Dialog isOpen title={title} onClose={onClose}>
      <form class="stack" onSubmit={save.run}>
        {!channel && <ChannelField slug={slug} onChange={setSlug} />}
        <LimitFields form={form} errorOf={(name) => fieldText(save.problem, name)} />
        <ProblemNotice problem={save.problem} />
        <DialogEnd
          label={t('save')}
          isBusy={save.isBusy}
          isDisabled={slug === '' || form.limits === undefined}
          onCancel={onClose}
        />
      </form>
    </Dialog>
  )
}

function ChannelField({ slug, onChange }: { slug: string; onChange: (slug: string) => void }) {
  const channels = useLoad(async (signal) => (await get('/api/admin/channels', Channels, signal)).channels)
  const listed = channels.state === 'ready' ? channels.value : []
  return (
    <SelectField
      label={t('channel')}
      value={slug}
      options={[
        { value: '', label: t('choose') },
        ...listed.map((each) => ({ value: each.slug, label: `${each.title} (/c/${each.slug})` })),
      ]}
      onChange={onChange}
    />
  )
}
