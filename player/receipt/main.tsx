/** `/receipt#JWS`: a receipt that anybody may be shown. What stands behind the `#` never reaches a log. */
import { ReceiptContents } from '../../shared/contracts/donations.ts'
import { t } from '../i18n/receipt.ts'
import { t as shell } from '../i18n/shell.ts'
import { ApiProblem, call } from '../lib/api.ts'
import { Failed } from '../ui/feedback.tsx'
import { useLoad } from '../ui/hooks.ts'
import { mount } from '../ui/mount.tsx'
import { Page } from '../ui/page.tsx'
import { Button, Card, Empty, Money, Spinner, Time } from '../ui/parts.tsx'
import { CopyButton } from '../ui/secret.tsx'
import '../donate/donate.css'
import './receipt.css'

function ReceiptPage() {
  const jws = location.hash.slice(1)
  const receipt = useLoad((signal) =>
    call('POST', '/api/receipts/verify', { body: { receipt: jws }, schema: ReceiptContents, signal }),
  )
  return (
    <Page title={t('title')} isNarrow>
      {receipt.state === 'loading' ? (
        <Spinner />
      ) : receipt.state === 'ready' ? (
        <Receipt contents={receipt.value} jws={jws} />
      ) : isInvalid(receipt.problem) ? (
        <Empty isWholePage title={t('invalidTitle')}>
          {t('invalidText')}
        </Empty>
      ) : (
        <Failed problem={receipt.problem} onRetry={() => void receipt.reload()} />
      )}
    </Page>
  )
}

function isInvalid(problem: unknown): boolean {
  return (
    problem instanceof ApiProblem && (problem.code === 'receipt_invalid' || problem.code === 'invalid_input')
  )
}

function Receipt({ contents, jws }: { contents: ReceiptContents; jws: string }) {
  const { amountRupiah, feeRupiah, channel, iat, jti, message, senderName, site } = contents
  return (
    <Card>
      <h1>{t('title')}</h1>
      <p class="strong">{t('genuine', { site })}</p>
      <dl class="receipt" data-receipt={jti}>
        <dt>{t('amount')}</dt>
        <dd>
          <Money amount={amountRupiah} />
        </dd>
        {feeRupiah > 0 && (
          <>
            <dt>{t('fee')}</dt>
            <dd>
              <Money amount={feeRupiah} />
            </dd>
          </>
        )}
        <dt>{t('to')}</dt>
        <dd>{channel}</dd>
        <dt>{t('name')}</dt>
        <dd class="break">{senderName ?? shell('anonymous')}</dd>
        {message !== null && (
          <>
            <dt>{t('message')}</dt>
            <dd>{message}</dd>
          </>
        )}
        <dt>{t('time')}</dt>
        <dd>
          <Time at={iat * 1000} />
        </dd>
        <dt>{t('number')}</dt>
        <dd>
          <code>{jti}</code>
        </dd>
      </dl>
      <p class="small muted">{t('offline', { url: `${location.origin}/.well-known/jwks.json` })}</p>
      <p class="small muted">{t('signature')}</p>
      <p class="receipt-jws">
        <code>{jws}</code>
      </p>
      <div class="row not-printed">
        <Button tone="main" onClick={() => print()}>
          {t('print')}
        </Button>
        <CopyButton text={location.href} label={t('copy')} />
      </div>
    </Card>
  )
}

mount(ReceiptPage)
