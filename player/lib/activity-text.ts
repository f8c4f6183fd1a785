/** One line of the log in the reader's words. */
import type { Activity } from '../../shared/contracts/activity.ts'
import { formatRupiah } from '../../shared/rupiah.ts'
import { t } from '../i18n/activity.ts'
import { formatDuration, formatInstant } from './time.ts'

export interface ActivityText {
  readonly title: string
  readonly details: readonly { readonly label: string; readonly value: string }[]
}

export function activityText(
  { action, details }: Pick<Activity, 'action' | 'details'>,
  timeZone: string,
): ActivityText {
  const known = DETAILS.flatMap((name) => {
    const value = detailText(name, details[name], timeZone)
    return value === '' ? [] : [{ label: t(`label_${name}`), value }]
  })
  return { title: t(action), details: known }
}

/** In the order of showing. Bare ids are left out: they say nothing to a reader. */
const DETAILS = [
  'channel',
  'member',
  'username',
  'person',
  'key',
  'name',
  'right',
  'amountRupiah',
  'bank',
  'reference',
  'isAnonymous',
  'isNewDevice',
  'reason',
  'note',
  'title',
  'topic',
  'isPublished',
  'slug',
  'memo',
  'elsewhereUrl',
  'latencyMode',
  'minimumAlertRupiah',
  'donationsEnabled',
  'type',
  'sizeBytes',
  'expiresAt',
  'preset',
  'timeZone',
  'registration',
  'publicUrl',
  'rtmpUrl',
  'homeChannel',
  'kind',
  'version',
  'isEnabled',
  'followsSite',
  'maxBitrateBps',
  'maxResolution',
  'maxDurationSeconds',
  'maxBroadcasts',
  'depositMinimumRupiah',
  'depositHours',
  'withdrawalMinimumRupiah',
  'withdrawalFeeRupiah',
  'withdrawalsPerDay',
  'withdrawalRupiahPerDay',
  'payoutAccountCoolDownHours',
  'twoAdminsAboveRupiah',
  'adminCoolDownHours',
  'walletCapRupiah',
  'incomingRupiahPerMonth',
  'totalHeldAlarmRupiah',
  'donationFeePermille',
  'refundHours',
  'donationHoldAboveRupiah',
  'donationHoldHours',
] as const
type Detail = (typeof DETAILS)[number]

function detailText(name: Detail, value: unknown, timeZone: string): string {
  // Its text would fill the log, so the edge only says that it changed.
  if (name === 'memo') return value === true ? t('changed') : ''
  if (typeof value === 'boolean') return t(value ? 'yes' : 'no')
  if (typeof value === 'number') {
    if (/Rupiah(?:Per(?:Day|Month))?$/.test(name)) return formatRupiah(value)
    if (name === 'expiresAt') return formatInstant(value, timeZone)
    if (name === 'maxBitrateBps') return t('kilobits', { count: Math.round(value / 1000) })
    if (name === 'maxResolution') return `${value}p`
    if (name === 'maxDurationSeconds') return formatDuration(value * 1000)
    return name === 'sizeBytes' ? t('kilobytes', { count: Math.ceil(value / 1000) }) : String(value)
  }
  if (typeof value !== 'string') return ''
  if (name === 'right' && (value === 'on_air' || value === 'donations')) return t(value)
  if (isChoice(value) && CHOICES.has(name)) return t(value)
  return name === 'reason' ? reasonText(value) : value
}

const CHOICES: ReadonlySet<Detail> = new Set(['preset', 'registration', 'latencyMode', 'kind'])
const CHOICE_VALUES = [
  'streamers',
  'organisation',
  'open',
  'invited',
  'closed',
  'ultra',
  'low',
  'normal',
  'jwt',
  'short',
  'case_donation',
  'case_deposit',
  'case_withdrawal',
  'case_transfer',
  'case_guest_payment',
] as const

function isChoice(value: string): value is (typeof CHOICE_VALUES)[number] {
  return CHOICE_VALUES.some((choice) => choice === value)
}

/** The reason of an ended broadcast is a code; any other is what a person wrote. */
function reasonText(reason: string): string {
  switch (reason) {
    case 'stopped':
    case 'lost':
    case 'key_expired':
    case 'kicked':
    case 'origin_stopped':
    case 'unsupported_media':
    case 'bitrate_limit':
    case 'resolution_limit':
    case 'time_limit':
      return t(reason)
    case 'key_revoked':
    case 'right_withdrawn':
      return t(`reason_${reason}`)
    default:
      return reason
  }
}
