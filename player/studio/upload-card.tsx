/** Sends files to the channel, and shows what becomes of them. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { Upload, UploadList } from '../../shared/contracts/uploads.ts'
import { t } from '../i18n/uploads.ts'
import { call, get } from '../lib/api.ts'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { Notice, ProblemNotice, toast } from '../ui/feedback.tsx'
import { useAction, useLoad } from '../ui/hooks.ts'
import { Button, Card } from '../ui/parts.tsx'
import { isSameFile, newUploadOf } from './chosen-file.ts'
import { useStudioEvents } from './events.ts'
import { UploadRow } from './upload-row.tsx'
import { dropTransfer, onTransfers, startTransfer, transferOf } from './upload-transfers.ts'

const ACCEPTED = 'video/*,audio/*,.mkv,.mov,.avi,.flv,.ts,.mts,.m2ts'
const POLL_MS = 2000
/** By this page: when they are gone they have not become videos. */
const givenUp = new Set<string>()

interface UploadCardProps {
  readonly slug: string
  /** One of them became a video. */
  readonly onReady: () => void
}

export function UploadCard({ slug, onReady }: UploadCardProps) {
  const path = `/api/studio/${slug}/uploads`
  const uploads = useLoad((signal) => get(path, UploadList, signal), [slug])
  const rows = uploads.state === 'ready' ? uploads.value.uploads : []
  const input = useRef<HTMLInputElement>(null)
  /** The upload for which a file is being chosen; none: a new one. */
  const goesOn = useRef<Upload>(undefined)
  const [wrongFile, setWrongFile] = useState<string>()
  const [cancelled, setCancelled] = useState<Upload>()
  const [isOver, setOver] = useState(false)
  const [, redraw] = useState(0)
  useEffect(() => onTransfers(() => redraw((count) => count + 1)), [])
  usePolling(rows, () => void uploads.reload())
  useReady(rows, uploads.state === 'ready', () => {
    toast(t('ready'))
    onReady()
  })
  useStudioEvents(({ type }) => {
    if (type === 'video' || type === 'reconnected') void uploads.reload()
  })

  const chosen = useRef<File>(undefined)
  const send = useAction(async () => {
    const file = chosen.current
    if (!file) return
    setWrongFile(undefined)
    const asked = newUploadOf(file)
    const expected = goesOn.current
    if (expected && !isSameFile(expected, asked))
      return setWrongFile(t('otherFile', { name: expected.fileName }))
    if (file.size === 0) return setWrongFile(t('empty'))
    const before = expected ?? rows.find((row) => row.state === 'uploading' && isSameFile(row, asked))
    const upload = before ?? (await call('POST', path, { body: asked, schema: Upload }))
    await startTransfer(path, upload.id, file)
    await uploads.reload()
  })
  const take = (file: File | undefined): void => {
    chosen.current = file
    if (file) send.run()
  }
  const choose = (upload?: Upload): void => {
    goesOn.current = upload
    input.current?.click()
  }
  const giveUp = async (upload: Upload): Promise<void> => {
    givenUp.add(upload.id)
    dropTransfer(upload.id)
    await call('DELETE', `${path}/${upload.id}`)
    await uploads.reload()
  }
  return (
    <Card title={t('title')}>
      <p class="small muted">{t('text')}</p>
      {rows.some(({ id }) => transferOf(id)?.isDiskFilling) && <Notice>{t('diskFilling')}</Notice>}
      {wrongFile !== undefined && <Notice tone="danger">{wrongFile}</Notice>}
      <ProblemNotice problem={send.problem} />
      {rows.length > 0 && (
        <ul class="list">
          {rows.map((upload) => (
            <li key={upload.id}>
              <UploadRow
                upload={upload}
                transfer={transferOf(upload.id)}
                onChoose={() => choose(upload)}
                onCancel={() => (upload.state === 'refused' ? void giveUp(upload) : setCancelled(upload))}
              />
            </li>
          ))}
        </ul>
      )}
      <input
        ref={input}
        type="file"
        hidden
        aria-label={t('choose')}
        accept={ACCEPTED}
        onChange={() => {
          take(input.current?.files?.[0])
          // The same file may be chosen again after it was refused.
          queueMicrotask(() => {
            if (input.current) input.current.value = ''
          })
        }}
      />
      <div
        class={isOver ? 'upload-drop upload-drop-over' : 'upload-drop'}
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault()
          setOver(false)
          goesOn.current = undefined
          take(event.dataTransfer?.files[0])
        }}
      >
        <Button tone="main" isBusy={send.isBusy} onClick={() => choose()}>
          {t('choose')}
        </Button>
        <span class="small muted upload-drop-words">{t('drop')}</span>
      </div>
      <ConfirmDialog
        isOpen={cancelled !== undefined}
        title={t('cancelTitle', { name: cancelled?.fileName ?? '' })}
        confirmLabel={t('cancel')}
        isDanger
        onConfirm={() => (cancelled ? giveUp(cancelled) : Promise.resolve())}
        onClose={() => setCancelled(undefined)}
      >
        <p>{t('cancelText')}</p>
      </ConfirmDialog>
    </Card>
  )
}

/** While the server works on one of them. */
function usePolling(rows: readonly Upload[], reload: () => void): void {
  const isWaiting = rows.some(
    ({ id, state }) => state !== 'refused' && (state !== 'uploading' || transferOf(id)?.state === 'sent'),
  )
  const latest = useRef(reload)
  latest.current = reload
  useEffect(() => {
    if (!isWaiting) return undefined
    const timer = setInterval(() => latest.current(), POLL_MS)
    return () => clearInterval(timer)
  }, [isWaiting])
}

/** One that was there and is gone without having been given up has become a video. */
function useReady(rows: readonly Upload[], isLoaded: boolean, onReady: () => void): void {
  const before = useRef<readonly string[]>([])
  useEffect(() => {
    if (!isLoaded) return
    const ids = rows.map(({ id }) => id)
    const gone = before.current.filter((id) => !ids.includes(id) && !givenUp.has(id))
    before.current = ids
    for (const id of gone) dropTransfer(id)
    if (gone.length > 0) onReady()
  }, [rows, isLoaded])
}
