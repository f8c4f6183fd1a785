/** Money into a wallet: filled in first, then read back in full, then sent once. */
import { useState } from 'preact/hooks'
import * as v from 'valibot'
import type { AdminMember } from '../../shared/contracts/admin.ts'
import { Balance, Id } from '../../shared/contracts/fields.ts'
import { formatRupiah } from '../../shared/rupiah.ts'
import { t } from '../i18n/admin.ts'
import { call, newIdempotencyKey } from '../lib/api.ts'
import { fieldText } from '../lib/problem-text.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Notice, ProblemNotice, toast } from '../ui/feedback.tsx'
import { readAmount, RupiahField } from '../ui/field.tsx'
import { useAction } from '../ui/hooks.ts'
import { Button, Money } from '../ui/parts.tsx'
import { ReasonField } from '../ui/reason-field.tsx'

const Credited = v.object({ transferId: Id, balanceRupiah: Balance })

interface CreditDialogProps {
  readonly member: AdminMember
  readonly onChange: (member: AdminMember) => void
  readonly onClose: () => void
}

export function CreditDialog({ member, onChange, onClose }: CreditDialogProps) {
  const [text, setText] = useState('')
  const [reason, setReason] = useState('')
  const [isChecking, setChecking] = useState(false)
  const [idempotencyKey, setIdempotencyKey] = useState(newIdempotencyKey)
  const amountRupiah = readAmount(text)

  const send = useAction(async () => {
    const credited = await call('POST', `/api/admin/members/${member.id}/credits`, {
      body: { amountRupiah, reason },
      schema: Credited,
      idempotencyKey,
    })
    const { balanceRupiah } = credited
    toast(t('credited', { name: member.username, amount: formatRupiah(balanceRupiah) }))
    onChange({ ...member, balanceRupiah })
    onClose()
  })
  const check = (event: Event): void => {
    event.preventDefault()
    if (amountRupiah === undefined) return
    send.reset()
    setChecking(true)
  }
  /** What is changed is another request, so it gets a key of its own. */
  const goBack = (): void => {
    setIdempotencyKey(newIdempotencyKey())
    setChecking(false)
  }

  return (
    <Dialog isOpen title={t('creditTitle', { name: member.username })} onClose={onClose}>
      {isChecking && amountRupiah !== undefined ? (
        <form class="stack" onSubmit={send.run}>
          <div class="stack stack-tight">
            <p>{t('creditConfirm', { name: member.username })}</p>
            <p class="credit-amount amount">{formatRupiah(amountRupiah)}</p>
            <p class="muted">{reason}</p>
          </div>
          <dl class="figures">
            <div>
              <dt>{t('creditBefore')}</dt>
              <dd>
                <Money amount={member.balanceRupiah} />
              </dd>
            </div>
            <div>
              <dt>{t('creditAfter')}</dt>
              <dd>
                <Money amount={member.balanceRupiah + amountRupiah} />
              </dd>
            </div>
          </dl>
          <Notice>{t('creditForGood')}</Notice>
          <ProblemNotice problem={send.problem} />
          <div class="dialog-end">
            <Button tone="plain" onClick={goBack} isDisabled={send.isBusy}>
              {t('back')}
            </Button>
            <Button type="submit" tone="main" isBusy={send.isBusy}>
              {t('creditDo', { amount: formatRupiah(amountRupiah) })}
            </Button>
          </div>
        </form>
      ) : (
        <form class="stack" onSubmit={check}>
          <RupiahField
            label={t('amount')}
            text={text}
            onInput={setText}
            hint={t('amountHint')}
            error={fieldText(send.problem, 'amountRupiah')}
          />
          <ReasonField
            label={t('reason')}
            hint={t('creditReasonHint')}
            value={reason}
            onInput={setReason}
            error={fieldText(send.problem, 'reason')}
          />
          <div class="dialog-end">
            <Button type="submit" tone="main" isDisabled={amountRupiah === undefined || reason.trim() === ''}>
              {t('next')}
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  )
}
