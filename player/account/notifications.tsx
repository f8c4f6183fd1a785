/** Notifications are kept until the member has read them. */
import * as v from 'valibot'
import { Notification } from '../../shared/contracts/accounts.ts'
import { t } from '../i18n/notifications.ts'
import { call, get } from '../lib/api.ts'
import { useSession } from '../ui/context.ts'
import { ProblemNotice } from '../ui/feedback.tsx'
import { useAction } from '../ui/hooks.ts'
import { type Paged, usePaged } from '../ui/paged.tsx'
import { Badge, Button, Time } from '../ui/parts.tsx'
import { usePolling } from '../ui/polling.ts'
import { notificationText } from './notification-text.ts'

const Notifications = v.object({ notifications: v.array(Notification), unread: v.number() })
/** As many as one request may name. */
const MAX_IDS = 200

export function useNotifications(): Paged<Notification> {
  return usePaged({ load: readNotifications, cursorOf: ({ id }: Notification) => id })
}

/** For a page without an event stream. */
export function useNotificationsLive(everyMs: number): Paged<Notification> {
  const paged = useNotifications()
  usePolling(async (signal) => {
    if (paged.state !== 'ready') return
    const newest = await readNotifications(undefined, signal)
    if (signal.aborted) return
    const known = new Set(newest.map(({ id }) => id))
    paged.change((rows) => [...newest, ...rows.filter(({ id }) => !known.has(id))])
  }, everyMs)
  return paged
}

async function readNotifications(
  before: string | undefined,
  signal?: AbortSignal,
): Promise<readonly Notification[]> {
  const path = `/api/me/notifications${before === undefined ? '' : `?before=${before}`}`
  return (await get(path, Notifications, signal)).notifications
}

interface NotificationListProps {
  readonly paged: Paged<Notification>
  /** Of `paged`, what is shown here. */
  readonly rows: readonly Notification[]
  /** Read and unread ones together. */
  readonly isMixed?: boolean
}

export function NotificationList({ paged, rows, isMixed = false }: NotificationListProps) {
  const { refresh } = useSession()
  const unread = rows.filter(({ readAt }) => readAt === null)

  const markRead = async (ids: readonly string[]): Promise<void> => {
    await call('POST', '/api/me/notifications/read', { body: { ids } })
    const readAt = Date.now()
    paged.change((all) =>
      all.map((notification) => (ids.includes(notification.id) ? { ...notification, readAt } : notification)),
    )
    await refresh()
  }
  const markAll = useAction(() => markRead(unread.slice(0, MAX_IDS).map(({ id }) => id)))

  return (
    <div class="stack">
      <ul class="list">
        {rows.map((notification) => (
          <li key={notification.id}>
            <NotificationLine notification={notification} isMixed={isMixed} onRead={markRead} />
          </li>
        ))}
      </ul>
      <ProblemNotice problem={markAll.problem} />
      {unread.length > 1 && (
        <div>
          <Button isSmall tone="plain" onClick={() => markAll.run()} isBusy={markAll.isBusy}>
            {t('markAll')}
          </Button>
        </div>
      )}
    </div>
  )
}

interface NotificationLineProps {
  readonly notification: Notification
  readonly isMixed: boolean
  readonly onRead: (ids: readonly string[]) => Promise<void>
}

function NotificationLine({ notification, isMixed, onRead }: NotificationLineProps) {
  const { site } = useSession()
  const { title, lines } = notificationText(notification, site.timeZone)
  const read = useAction(() => onRead([notification.id]))
  const isUnread = notification.readAt === null
  return (
    <div class="row row-between">
      <div class="grow">
        <p class="row">
          <span class={isUnread ? 'strong break' : 'break'}>{title}</span>
          {isUnread && isMixed && <Badge tone="warn">{t('new')}</Badge>}
        </p>
        {lines.map((line) => (
          <p key={line}>{line}</p>
        ))}
        <p class="small muted">
          <Time at={notification.createdAt} />
        </p>
        <ProblemNotice problem={read.problem} />
      </div>
      {isUnread && (
        <Button
          isSmall
          tone="plain"
          onClick={() => read.run()}
          isBusy={read.isBusy}
          label={t('markReadOf', { text: title })}
        >
          {t('markRead')}
        </Button>
      )}
    </div>
  )
}
