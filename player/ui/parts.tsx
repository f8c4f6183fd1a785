import type { ComponentChildren } from 'preact'
import { formatRupiah } from '../../shared/rupiah.ts'
import { t } from '../i18n/shell.ts'
import { formatInstant, type TimeStyle } from '../lib/time.ts'
import { useSession } from './context.ts'

type Tone = 'main' | 'soft' | 'plain' | 'danger'

interface ButtonProps {
  readonly children: ComponentChildren
  readonly tone?: Tone
  readonly isSmall?: boolean
  readonly isWide?: boolean
  /** Keeps focus and refuses clicks; a `disabled` button would lose the focus. */
  readonly isBusy?: boolean
  readonly isDisabled?: boolean
  readonly type?: 'button' | 'submit'
  /** Makes it a link that looks like a button. */
  readonly href?: string
  readonly label?: string
  readonly onClick?: () => void
}

export function Button(props: ButtonProps) {
  const { children, tone = 'soft', isBusy = false, isDisabled = false, href, onClick, label } = props
  const classes = ['button', `button-${tone}`, props.isSmall && 'button-small', props.isWide && 'button-wide']
  const className = classes.filter(Boolean).join(' ')
  if (href !== undefined)
    return (
      <a class={className} href={href} aria-label={label} onClick={() => onClick?.()}>
        {children}
      </a>
    )
  return (
    <button
      class={className}
      type={props.type ?? 'button'}
      disabled={isDisabled}
      aria-disabled={isBusy}
      aria-busy={isBusy}
      aria-label={label}
      onClick={(event) => {
        if (isBusy) event.preventDefault()
        else onClick?.()
      }}
    >
      {children}
    </button>
  )
}

interface CardProps {
  readonly title?: ComponentChildren
  /** Beside the title: a badge or a button. */
  readonly end?: ComponentChildren
  readonly children: ComponentChildren
}

export function Card({ title, end, children }: CardProps) {
  return (
    <section class="card stack">
      {(title !== undefined || end !== undefined) && (
        <div class="card-head">
          {title !== undefined && <h2>{title}</h2>}
          {end}
        </div>
      )}
      {children}
    </section>
  )
}

interface EmptyProps {
  readonly title: string
  readonly children?: ComponentChildren
  /** What to do next, usually a Button. */
  readonly action?: ComponentChildren
  /** There is nothing else on the page. */
  readonly isWholePage?: boolean
}

export function Empty({ title, children, action, isWholePage = false }: EmptyProps) {
  const Heading = isWholePage ? 'h1' : 'h2'
  return (
    <div class="empty">
      <Heading>{title}</Heading>
      {children !== undefined && <p>{children}</p>}
      {action}
    </div>
  )
}

export function Badge({
  tone,
  children,
}: {
  tone?: 'live' | 'ok' | 'warn' | 'danger'
  children: ComponentChildren
}) {
  return <span class={tone ? `badge badge-${tone}` : 'badge'}>{children}</span>
}

export function LiveBadge() {
  return <Badge tone="live">{t('live')}</Badge>
}

export function Spinner({ label }: { label?: string }) {
  return (
    <div class="spinner" role="status">
      {label ?? t('loading')}
    </div>
  )
}

/** `isSigned`: a plus in front of money that came in. */
export function Money({ amount, isSigned = false }: { amount: number; isSigned?: boolean }) {
  const isIn = isSigned && amount > 0
  return (
    <span class={isIn ? 'amount amount-in' : 'amount'}>
      {isIn && '+'}
      {formatRupiah(amount)}
    </span>
  )
}

/** A moment in the installation's zone. */
export function Time({ at, style = 'dateTime' }: { at: number; style?: TimeStyle }) {
  const { site } = useSession()
  return <time dateTime={new Date(at).toISOString()}>{formatInstant(at, site.timeZone, style)}</time>
}
