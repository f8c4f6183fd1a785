/** Setting up the second factor: password, QR code, first code, recovery codes. */
import { useState } from 'preact/hooks'
import { BegunFactor, FactorState, RecoveryCodes } from '../../shared/contracts/admin.ts'
import { t } from '../i18n/second-factor.ts'
import { call, get } from '../lib/api.ts'
import { fieldText } from '../lib/problem-text.ts'
import { ActionForm } from '../ui/action-form.tsx'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { Failed, Notice, toast } from '../ui/feedback.tsx'
import { Field } from '../ui/field.tsx'
import { useAction, useLoad } from '../ui/hooks.ts'
import { Badge, Button, Card, Spinner } from '../ui/parts.tsx'
import { CurrentPasswordField, isWrongPassword } from '../ui/password-fields.tsx'
import { QrCode } from '../ui/qr-code.tsx'
import { CopyButton, CopyField } from '../ui/secret.tsx'

const PATH = '/api/admin/me/second-factor'
const CODE_MAX_CHARS = 40
/** So that nobody finds out with the last one. */
const FEW_CODES = 3

export function SecondFactorCard({ onChange }: { onChange: () => Promise<void> }) {
  const factor = useLoad((signal) => get(PATH, FactorState, signal))
  const [begun, setBegun] = useState<BegunFactor>()
  const [codes, setCodes] = useState<readonly string[]>()
  if (factor.state === 'loading') return <Spinner />
  if (factor.state === 'failed')
    return <Failed problem={factor.problem} onRetry={() => void factor.reload()} />
  const { isOn, recoveryCodesLeft } = factor.value
  const changed = async (): Promise<void> => {
    setBegun(undefined)
    await Promise.all([factor.reload(), onChange()])
  }
  return (
    <Card title={t('title')} end={<Badge tone={isOn ? 'ok' : 'warn'}>{t(isOn ? 'isOn' : 'isOff')}</Badge>}>
      <p class="small muted">{t('text')}</p>
      {codes ? (
        <Codes codes={codes} onStored={() => setCodes(undefined)} />
      ) : isOn ? (
        <>
          <p>{t('recoveryLeft', { count: recoveryCodesLeft })}</p>
          {recoveryCodesLeft < FEW_CODES && <Notice>{t('recoveryFew')}</Notice>}
          <TurnedOn onCodes={setCodes} onChange={changed} />
        </>
      ) : begun ? (
        <Confirm
          begun={begun}
          onOn={async (made) => {
            setCodes(made)
            await changed()
          }}
        />
      ) : (
        <Begin onBegun={setBegun} />
      )}
    </Card>
  )
}

function CodeField({ hint, problem, ...field }: Changing & { hint: string; problem?: unknown }) {
  return (
    <Field
      label={t('code')}
      hint={hint}
      {...field}
      type="text"
      autoComplete="one-time-code"
      isRequired
      maxLength={CODE_MAX_CHARS}
      error={fieldText(problem, 'code')}
    />
  )
}

interface Changing {
  readonly value: string
  readonly onInput: (value: string) => void
}

function Begin({ onBegun }: { onBegun: (begun: BegunFactor) => void }) {
  const [password, setPassword] = useState('')
  const begin = useAction(async () =>
    onBegun(await call('POST', PATH, { body: { password }, schema: BegunFactor })),
  )
  return (
    <ActionForm action={begin} label={t('begin')} button="wide" hidesProblem={isWrongPassword(begin.problem)}>
      <CurrentPasswordField value={password} onInput={setPassword} problem={begin.problem} />
    </ActionForm>
  )
}

interface ConfirmProps {
  readonly begun: BegunFactor
  readonly onOn: (codes: readonly string[]) => Promise<void>
}

function Confirm({ begun, onOn }: ConfirmProps) {
  const [code, setCode] = useState('')
  const confirm = useAction(async () => {
    const { codes } = await call('PUT', PATH, { body: { code }, schema: RecoveryCodes })
    toast(t('turnedOn'))
    await onOn(codes)
  })
  return (
    <ActionForm action={confirm} label={t('confirm')} button="wide">
      <p>{t('scan')}</p>
      <div class="factor-qr">
        <QrCode text={begun.uri} label={t('qr')} />
      </div>
      <CopyField label={t('secret')} text={begun.secret} />
      <CodeField hint={t('confirmHint')} value={code} onInput={setCode} problem={confirm.problem} />
    </ActionForm>
  )
}

function Codes({ codes, onStored }: { codes: readonly string[]; onStored: () => void }) {
  const text = `${codes.join('\n')}\n`
  return (
    <div class="stack">
      <h3>{t('recoveryTitle')}</h3>
      <p>{t('recoveryText')}</p>
      <ul class="factor-codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div class="row">
        <CopyButton text={text} label={t('recoveryCopy')} />
        <a
          class="button button-plain button-small"
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(text)}`}
          download="panggung-recovery-codes.txt"
        >
          {t('recoveryDownload')}
        </a>
      </div>
      <div>
        <Button tone="main" onClick={onStored}>
          {t('recoveryStored')}
        </Button>
      </div>
    </div>
  )
}

interface TurnedOnProps {
  readonly onCodes: (codes: readonly string[]) => void
  readonly onChange: () => Promise<void>
}

/** Both ask for password and code. */
function TurnedOn({ onCodes, onChange }: TurnedOnProps) {
  const [asked, setAsked] = useState<'codes' | 'off'>()
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const close = (): void => {
    setAsked(undefined)
    setPassword('')
    setCode('')
  }
  const prove = async (): Promise<void> => {
    const body = { password, code }
    if (asked === 'codes') {
      const made = await call('POST', `${PATH}/recovery-codes`, { body, schema: RecoveryCodes })
      onCodes(made.codes)
    } else {
      await call('DELETE', PATH, { body })
      toast(t('turnedOff'))
    }
    await onChange()
  }
  return (
    <div class="row">
      <Button isSmall tone="plain" onClick={() => setAsked('codes')}>
        {t('recoveryNew')}
      </Button>
      <Button isSmall tone="danger" onClick={() => setAsked('off')}>
        {t('turnOff')}
      </Button>
      <ConfirmDialog
        isOpen={asked !== undefined}
        title={t(asked === 'off' ? 'turnOffTitle' : 'recoveryNew')}
        confirmLabel={t(asked === 'off' ? 'turnOff' : 'recoveryNew')}
        isDanger={asked === 'off'}
        onConfirm={prove}
        onClose={close}
      >
        <p>{t(asked === 'off' ? 'turnOffText' : 'recoveryNewText')}</p>
        <CurrentPasswordField value={password} onInput={setPassword} />
        <CodeField hint={t('codeHint')} value={code} onInput={setCode} />
      </ConfirmDialog>
    </div>
  )
}
