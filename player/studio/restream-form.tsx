import { useState } from 'preact/hooks'
import {
  RESTREAM_KEY_MAX_CHARS,
  RESTREAM_NAME_MAX_CHARS,
  RESTREAM_URL_MAX_CHARS,
  type RestreamInfo,
} from '../../shared/contracts/studio.ts'
import { t } from '../i18n/restreams.ts'
import { call } from '../lib/api.ts'
import { fieldText } from '../lib/problem-text.ts'
import { Dialog, DialogEnd } from '../ui/dialog.tsx'
import { ProblemNotice } from '../ui/feedback.tsx'
import { Field, SelectField } from '../ui/field.tsx'
import { useAction } from '../ui/hooks.ts'

/** Servers as these services document them for a custom encoder. */
const PRESETS = [
  { name: 'YouTube', url: 'rtmps://a.rtmps.youtube.com/live2' },
  { name: 'Twitch', url: 'rtmps://ingest.global-contribute.live-video.net/app' },
  { name: 'Facebook', url: 'rtmps://live-api-s.facebook.com:443/rtmp' },
] as const

interface RestreamFormProps {
  readonly path: string
  /** `undefined`: a new one. */
  readonly target: RestreamInfo | undefined
  readonly onSaved: () => Promise<void>
  readonly onClose: () => void
}

export function RestreamForm({ path, target, onSaved, onClose }: RestreamFormProps) {
  const [name, setName] = useState(target?.name ?? '')
  const [url, setUrl] = useState(target?.url ?? '')
  const [streamKey, setStreamKey] = useState('')
  const keepsKey = target !== undefined && url.trim() === target.url
  const preset = PRESETS.find((each) => each.url === url)

  const save = useAction(async () => {
    const body = { name, url, ...(streamKey !== '' && { streamKey }) }
    await (target ? call('PATCH', `${path}/${target.id}`, { body }) : call('POST', path, { body }))
    await onSaved()
  })
  const wrongUrl = fieldText(save.problem, 'url')
  return (
    <Dialog isOpen title={target ? t('editTitle', { name: target.name }) : t('addTitle')} onClose={onClose}>
      <form class="stack" onSubmit={save.run}>
        <SelectField
          label={t('service')}
          value={preset?.name ?? ''}
          options={[
            ...PRESETS.map((each) => ({ value: each.name, label: each.name })),
            { value: '', label: t('otherService') },
          ]}
          onChange={(chosen) => {
            const known = PRESETS.find((each) => each.name === chosen)
            setUrl(known?.url ?? '')
            if (known && (name === '' || PRESETS.some((each) => each.name === name))) setName(known.name)
          }}
        />
        <Field
          label={t('name')}
          value={name}
          onInput={setName}
          autoComplete="off"
          isRequired
          maxLength={RESTREAM_NAME_MAX_CHARS}
          error={fieldText(save.problem, 'name')}
        />
        <Field
          label={t('url')}
          type="url"
          value={url}
          onInput={setUrl}
          placeholder="rtmps://"
          autoComplete="off"
          isRequired
          maxLength={RESTREAM_URL_MAX_CHARS}
          error={wrongUrl === undefined ? undefined : t('urlWrong')}
        />
        <Field
          label={t('key')}
          hint={keepsKey ? t('keyKeep', { end: target.keyEnd }) : t('keyHint')}
          type="password"
          value={streamKey}
          onInput={setStreamKey}
          autoComplete="off"
          isRequired={!keepsKey}
          isOptional={keepsKey}
          maxLength={RESTREAM_KEY_MAX_CHARS}
          error={fieldText(save.problem, 'streamKey')}
        />
        {wrongUrl === undefined && <ProblemNotice problem={save.problem} />}
        <DialogEnd label={t('save')} isBusy={save.isBusy} onCancel={onClose} />
      </form>
    </Dialog>
  )
}
