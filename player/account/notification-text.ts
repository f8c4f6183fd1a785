import type { Notification } from '../../shared/contracts/accounts.ts'
import { formatRupiah } from '../../shared/rupiah.ts'
import { t as endings } from '../i18n/endings.ts'
import { t } from '../i18n/notifications.ts'
import { t as rights } from '../i18n/rights.ts'
import { t as shell } from '../i18n/shell.ts'
import { ApiProblem } from '../lib/api.ts'
import { problemText } from '../lib/problem-text.ts'
import { formatInstant } from '../lib/time.ts'

export interface NotificationText {
  readonly title: string
  /** Said under the title, in this order. */
  readonly lines: readonly string[]
}

export function notificationText(notification: Notification, timeZone: string): NotificationText {
  switch (notification.kind) {
    case 'donation_received': {
      const name = notification.senderName ?? shell('anonymous')
      const { heldUntil } = notification
      const lines = [
        notification.message,
        notification.isAlert ? null : t('belowMinimum'),
        heldUntil === null ? null : t('heldUntil', { time: formatInstant(heldUntil, timeZone) }),
      ]
      return {
        title: t('donation', { name, amount: formatRupiah(notification.amountRupiah) }),
        lines: lines.filter((line) => line !== null).filter((line) => line !== ''),
      }
    }
    case 'right_decided': {
      const right = rights(notification.right)
      return {
        title: t(
          notification.granted
            ? 'rightGranted'
            : notification.isWithdrawn
              ? 'rightWithdrawn'
              : 'rightRefused',
          { right },
        ),
        lines: notification.note ? [t('note', { note: notification.note })] : [],
      }
    }
    case 'broadcast_ended':
      return {
        title: t('broadcastEnded', { channel: notification.channel }),
        lines: [
          endings(notification.reason),
          ...(notification.heldUntil === null
            ? []
            : [t('onAirAgain', { time: formatInstant(notification.heldUntil, timeZone, 'time') })]),
          ...(notification.note === null ? [] : [t('reason', { reason: notification.note })]),
        ],
      }
    case 'deposit_decided': {
      const amount = formatRupiah(notification.totalRupiah)
      return {
        title: t(`deposit_${notification.decision}`, { amount }),
        lines: notification.reason === null ? [] : [t('reason', { reason: notification.reason })],
      }
    }
    case 'withdrawal_decided':
      return {
        title: t(`withdrawal_${notification.decision}`, { amount: formatRupiah(notification.amountRupiah) }),
        lines: notification.reason === null ? [] : [t('reason', { reason: notification.reason })],
      }
    case 'waiting_donation': {
      const { failure, title, amountRupiah } = notification
      return {
        title: t(failure === null ? 'waitingSent' : 'waitingFailed', {
          title,
          amount: formatRupiah(amountRupiah),
        }),
        lines: failure === null ? [] : [problemText(new ApiProblem(failure))],
      }
    }
    case 'donation_hold_decided':
      return {
        title: t(`hold_${notification.decision}`, { amount: formatRupiah(notification.amountRupiah) }),
        lines: notification.reason === null ? [] : [t('reason', { reason: notification.reason })],
      }
    case 'donation_refunded':
      return {
        title: t('refunded', { title: notification.title, amount: formatRupiah(notification.amountRupiah) }),
        lines: [t('reason', { reason: notification.reason })],
      }
    case 'videos_expiring':
      return {
        title: t('videosExpiring', { count: notification.count, channel: notification.channel }),
        lines: [t('videosExpiringFrom', { time: formatInstant(notification.firstAt, timeZone) })],
      }
    case 'video_takedown': {
      const { title, isTakenDown, channel, reason } = notification
      return {
        title: t(isTakenDown ? 'videoTakenDown' : 'videoRestored', { channel }),
        lines: [...(title === '' ? [] : [title]), t('reason', { reason })],
      }
    }
    case 'case_changed':
      return {
        title: t(`case_${notification.change}`, { amount: formatRupiah(notification.amountRupiah) }),
        lines: [],
      }
    case 'balance_credited':
      return {
        title: t('credited', { amount: formatRupiah(notification.amountRupiah) }),
        lines: [t('reason', { reason: notification.reason })],
      }
  }
}
