/** Whose money leaves: three names side by side, and what differs between them. */
import { useState } from 'preact/hooks'
import type { AdminWithdrawal } from '../../shared/contracts/withdrawals.ts'
import { ACCOUNT_NAME_MAX_CHARS } from '../../shared/contracts/payments.ts'
import { compareNames } from '../../shared/person-name.ts'
import { t } from '../i18n/name-check.ts'
import { call } from '../lib/api.ts'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { Notice, toast } from '../ui/feedback.tsx'
import { Field } from '../ui/field.tsx'
import { Button } from '../ui/parts.tsx'
import { ReasonField } from '../ui/reason-field.tsx'

/** What an admin has seen of this account. */
export function Names({ withdrawal }: { withdrawal: AdminWithdrawal }) {
  const { isNameChecked, identityName, nameAtBank, nameReason, state } = withdrawal
  if (!isNameChecked) return state === 'held' ? <Notice>{t('unchecked')}</Notice> : null
  if (identityName === null || nameAtBank === null) return null
  return (
    <p class="small muted">
      {t('checked', { identity: identityName, bank: nameAtBank })}
      {nameReason !== null && ` ${t('accepted', { reason: nameReason })}`}
    </p>
  )
}

interface CheckNameProps {
  readonly withdrawal: AdminWithdrawal
  readonly onChecked: () => Promise<void>
}

export function CheckName({ withdrawal, onChecked }: CheckNameProps) {
  const { id, member, accountName, identityName } = withdrawal
  const [isOpen, setOpen] = useState(false)
  const [nameOnIdentity, setIdentity] = useState(identityName ?? '')
  const [nameAtBank, setAtBank] = useState('')
  const [reason, setReason] = useState('')
  const isWritten = nameOnIdentity.trim() !== '' && nameAtBank.trim() !== ''
  const differs = [accountName, nameOnIdentity].filter((name) => !compareNames(name, nameAtBank).isSame)
  return (
    <>
      <Button tone="main" onClick={() => setOpen(true)} label={t('checkOf', { name: member.username })}>
        {t('check')}
      </Button>
      <ConfirmDialog
        isOpen={isOpen}
        title={t('checkOf', { name: member.username })}
        confirmLabel={t('confirm')}
        onConfirm={async () => {
          await call('POST', `/api/admin/withdrawals/${id}/name-check`, {
            body: { nameOnIdentity, nameAtBank, reason },
          })
          toast(t('done'))
          await onChecked()
        }}
        onClose={() => setOpen(false)}
      >
        <p>{t('text', { name: accountName })}</p>
        <Field
          label={t('nameOnIdentity')}
          hint={t('nameOnIdentityHint')}
          value={nameOnIdentity}
          onInput={setIdentity}
          isRequired
          maxLength={ACCOUNT_NAME_MAX_CHARS}
        />
        <Field
          label={t('nameAtBank')}
          hint={t('nameAtBankHint')}
          value={nameAtBank}
          onInput={setAtBank}
          isRequired
          maxLength={ACCOUNT_NAME_MAX_CHARS}
        />
        {isWritten && differs.length === 0 && <Notice tone="ok">{t('same')}</Notice>}
        {isWritten && differs.length > 0 && (
          <>
            <Notice tone="danger">
              {differs.map((name) => (
                <p key={name}>{differenceText(name, nameAtBank)}</p>
              ))}
            </Notice>
            <ReasonField label={t('reason')} hint={t('reasonHint')} value={reason} onInput={setReason} />
          </>
        )}
      </ConfirmDialog>
    </>
  )
}

function differenceText(name: string, nameAtBank: string): string {
  const { onlyFirst, onlySecond } = compareNames(name, nameAtBank)
  if (onlyFirst.length === 0 && onlySecond.length === 0) return t('otherOrder', { name })
  return t('differs', { name, first: onlyFirst.join(' ') || '–', second: onlySecond.join(' ') || '–' })
}
