/** Sends files to the channel, and shows what becomes of them. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { type Upload, UploadList } from '../../../shared/contracts/uploads.ts'
import { t } from '../../i18n/uploads.ts'
import { call, get } from '../../lib/api.ts'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { Notice, ProblemNotice, toast } from '../../ui/feedback.tsx'
import { useAction, useLoad } from '../../ui/hooks.ts'
import { Button, Card } from '../../ui/parts.tsx'
import { useStudioEvents } from '../events.ts'
import { isSameFile, newUploadOf } from './chosen-file.ts'
import { chooseFiles, droppedFiles, type FileChoice, MAX_QUEUED } from './file-choice.ts'
import { onQueue, queue } from './page-queue.ts'
import { QueuedRow } from './queued-row.tsx'
import { RefusedFiles } from './refused-files.tsx'
import { dropTransfer, fileOf, onTransfers, transferOf, transferredFiles } from './transfers.ts'
import { UploadRow } from './upload-row.tsx'

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
  /** The upload for which a file is being chosen; none: new ones. */
  const goesOn = useRef<Upload>(undefined)
  const [otherThan, setOtherThan] = useState<string>()
  const [refused, setRefused] = useState<FileChoice['refused']>([])
  const [cancelled, setCancelled] = useState<Upload>()
  const [isOver, setOver] = useState(false)
  const [, redraw] = useState(0)
  useEffect(() => onTransfers(() => redraw((count) => count + 1)), [])
  useEffect(() => onQueue(() => redraw((count) => count + 1)), [])
  const queued = queue.items().filter((item) => item.path === path)
  // What left the queue is an upload now.
  useEffect(() => void uploads.reload(), [queued.length])
  useDropsElsewhere()
  usePolling(rows, () => void uploads.reload())
  useReady(rows, uploads.state === 'ready', () => {
    toast(t('ready'))
    onReady()
  })
  useStudioEvents(({ type }) => {
    if (type === 'video' || type === 'reconnected') void uploads.reload()
  })

  const take = (files: readonly File[], folders: readonly string[] = []): void => {
    const expected = goesOn.current
    const [file] = files
    const isOther = expected !== undefined && file !== undefined && !isSameFile(expected, newUploadOf(file))
    setOtherThan(isOther ? expected.fileName : undefined)
    if (isOther) return
    const known = [...queue.items().map((item) => item.file), ...transferredFiles()]
    const choice = chooseFiles(files, folders, { queued: known })
    setRefused(choice.refused)
    if (choice.files.length > 0) queue.add(path, choice.files)
  }
  const choose = (upload?: Upload): void => {
    goesOn.current = upload
    if (!input.current) return
    input.current.multiple = upload === undefined
    input.current.click()
  }
  const giveUp = async (upload: Upload): Promise<void> => {
    givenUp.add(upload.id)
    dropTransfer(upload.id)
    await call('DELETE', `${path}/${upload.id}`)
    await uploads.reload()
  }
  const again = useRef<Upload>(undefined)
  const sendAgain = useAction(async () => {
    const upload = again.current
    const file = upload && fileOf(upload.id)
    if (!upload || !file) return
    await giveUp(upload)
    queue.add(path, [file])
  })
  return (
    <Card title={t('title')}>
      <p class="small muted">{t('text')}</p>
      {rows.some(({ id }) => transferOf(id)?.isDiskFilling) && <Notice>{t('diskFilling')}</Notice>}
      {otherThan !== undefined && <Notice tone="danger">{t('otherFile', { name: otherThan })}</Notice>}
      <RefusedFiles refused={refused} onClose={() => setRefused([])} />
      <ProblemNotice problem={sendAgain.problem} />
      {rows.length + queued.length > 0 && (
        <ul class="list">
          {rows.map((upload) => (
            <li key={upload.id}>
              <UploadRow
                upload={upload}
                transfer={transferOf(upload.id)}
                onChoose={() => choose(upload)}
                onAgain={
                  fileOf(upload.id) &&
                  (() => {
                    again.current = upload
                    sendAgain.run()
                  })
                }
                onCancel={() => (upload.state === 'refused' ? void giveUp(upload) : setCancelled(upload))}
              />
            </li>
          ))}
          {queued.map((item) => (
            <li key={item.key}>
              <QueuedRow
                item={item}
                onRetry={() => queue.retry(item.key)}
                onRemove={() => queue.remove(item.key)}
              />
            </li>
          ))}
        </ul>
      )}
      <input
        ref={input}
        type="file"
        hidden
        multiple
        aria-label={t('choose')}
        accept={ACCEPTED}
        onChange={() => {
          take([...(input.current?.files ?? [])])
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
          if (!event.dataTransfer) return
          const { files, folders } = droppedFiles(event.dataTransfer)
          take(files, folders)
        }}
      >
        <Button tone="main" onClick={() => choose()}>
          {t('choose')}
        </Button>
        <span class="small muted upload-drop-words">{t('drop', { max: MAX_QUEUED })}</span>
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

/** A file that misses the place would be opened instead of the page, and end what is being sent. */
function useDropsElsewhere(): void {
  useEffect(() => {
    const ignore = (event: DragEvent): void => {
      if (event.dataTransfer?.types.includes('Files')) event.preventDefault()
    }
    addEventListener('dragover', ignore)
    addEventListener('drop', ignore)
    return () => {
      removeEventListener('dragover', ignore)
      removeEventListener('drop', ignore)
    }
  }, [])
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
