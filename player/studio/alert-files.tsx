/** The channel's own pictures and sounds. What they really are, the server finds out. */
import { useRef, useState } from 'preact/hooks'
import {
  ALERT_FILE_MAX_BYTES,
  ALERT_FILE_NAME_MAX_CHARS,
  ALERT_FILE_TYPES,
  AlertFile,
  alertFileUrl,
} from '../../shared/contracts/alert-settings.ts'
import { t } from '../i18n/studio-alerts.ts'
import { call } from '../lib/api.ts'
import { Notice, ProblemNotice, toast } from '../ui/feedback.tsx'
import { useAction } from '../ui/hooks.ts'
import { Button, Card } from '../ui/parts.tsx'

interface AlertFilesProps {
  readonly slug: string
  readonly files: readonly AlertFile[]
  readonly onChange: (files: AlertFile[]) => void
}

export function AlertFiles({ slug, files, onChange }: AlertFilesProps) {
  const input = useRef<HTMLInputElement>(null)
  const removing = useRef('')
  const [isTooLarge, setTooLarge] = useState(false)
  const path = `/api/studio/${slug}/alert-files`
  const upload = useAction(async () => {
    const file = input.current?.files?.[0]
    if (!file) return
    setTooLarge(file.size > ALERT_FILE_MAX_BYTES)
    if (file.size > ALERT_FILE_MAX_BYTES) return
    const name = encodeURIComponent(file.name.slice(0, ALERT_FILE_NAME_MAX_CHARS))
    const added = await call('POST', `${path}?name=${name}`, { body: file, schema: AlertFile })
    onChange([...files, added])
    toast(t('fileAdded'))
  })
  const remove = useAction(async () => {
    const id = removing.current
    await call('DELETE', `${path}/${id}`)
    onChange(files.filter((file) => file.id !== id))
  })
  return (
    <Card title={t('filesTitle')}>
      <p class="small muted">{t('filesHint')}</p>
      {files.length > 0 && (
        <ul class="list">
          {files.map(({ id, name, type }) => (
            <li key={id} class="row row-between">
              <span class="row">
                {type.startsWith('image/') && <img class="file-picture" src={alertFileUrl(id)} alt="" />}
                <span class="break">{name}</span>
              </span>
              <Button
                isSmall
                tone="danger"
                label={t('fileRemove', { name })}
                isBusy={remove.isBusy}
                onClick={() => {
                  removing.current = id
                  remove.run()
                }}
              >
                ×
              </Button>
            </li>
          ))}
        </ul>
      )}
      {isTooLarge && <Notice tone="danger">{t('fileTooLarge')}</Notice>}
      <ProblemNotice problem={upload.problem} />
      <ProblemNotice problem={remove.problem} />
      <input
        ref={input}
        type="file"
        hidden
        aria-label={t('fileAdd')}
        accept={ALERT_FILE_TYPES.join(',')}
        onChange={() => {
          upload.run()
          // The same file may be chosen again after it was refused.
          queueMicrotask(() => {
            if (input.current) input.current.value = ''
          })
        }}
      />
      <div>
        <Button isBusy={upload.isBusy} onClick={() => input.current?.click()}>
          {t('fileAdd')}
        </Button>
      </div>
    </Card>
  )
}
