import { useState } from 'preact/hooks'
import { InviteState } from '../../shared/contracts/accounts.ts'
import { t } from '../i18n/sign-in.ts'
import { ApiProblem, call, get } from '../lib/api.ts'
import { safeNextPath, signInPath } from '../lib/next-path.ts'
import { fieldText, problemText } from '../lib/problem-text.ts'
import { ActionForm } from '../ui/action-form.tsx'
import { useSession } from '../ui/context.ts'
import { Failed, Notice } from '../ui/feedback.tsx'
import { Field } from '../ui/field.tsx'
import { useAction, useLoad } from '../ui/hooks.ts'
import { Agreement } from '../ui/legal-links.tsx'
import { mount } from '../ui/mount.tsx'
import { Page } from '../ui/page.tsx'
import { Card, Empty, Spinner } from '../ui/parts.tsx'
import { NewPasswordField } from '../ui/password-fields.tsx'

const query = new URLSearchParams(location.search)
const next = safeNextPath(query.get('next'))
const invite = query.get('invite')

function Register() {
  const { site } = useSession()
  return (
    <Page title={t('registerTitle')} isNarrow>
      {site.registration === 'closed' ? (
        <Empty isWholePage title={t('closedTitle')}>
          {t('closedText')}
        </Empty>
      ) : site.registration === 'invited' && invite === null ? (
        <Empty isWholePage title={t('invitedOnlyTitle')}>
          {t('invitedOnlyText')}
        </Empty>
      ) : invite === null ? (
        <Form isInvited={false} />
      ) : (
        <Invited code={invite} needsInvite={site.registration === 'invited'} />
      )}
    </Page>
  )
}

/** Says so before anybody fills in a form for nothing. Where registration is open, the form works anyway. */
function Invited({ code, needsInvite }: { code: string; needsInvite: boolean }) {
  const invitation = useLoad(
    (signal) => get(`/api/accounts/invite?${new URLSearchParams({ code })}`, InviteState, signal),
    [code],
  )
  if (invitation.state === 'loading') return <Spinner />
  if (invitation.state === 'failed')
    return <Failed problem={invitation.problem} onRetry={() => void invitation.reload()} />
  const { state } = invitation.value
  if (state === 'open' || !needsInvite) return <Form isInvited={state === 'open'} />
  return (
    <Empty isWholePage title={t(`invite_${state}`)}>
      {t('inviteAskAgain')}
    </Empty>
  )
}

function Form({ isInvited }: { isInvited: boolean }) {
  const [email, setEmail] = useState('')
  const [username, setUsername] = useState('')
  const [password, setPassword] = useState('')
  const register = useAction(async () => {
    await call('POST', '/api/accounts/register', {
      body: { email, username, password, ...(invite !== null && { invite }) },
    })
    location.replace(next)
  })
  const { problem } = register
  return (
    <Card>
      <h1>{t('registerTitle')}</h1>
      {isInvited && <Notice tone="ok">{t('invited')}</Notice>}
      <ActionForm action={register} label={t('create')} button="wide">
        <Field
          label={t('email')}
          value={email}
          onInput={setEmail}
          type="email"
          autoComplete="email"
          isRequired
          error={fieldText(problem, 'email') ?? takenText(problem, 'email_taken')}
        />
        <Field
          label={t('username')}
          value={username}
          onInput={(value) => setUsername(value.toLowerCase())}
          type="text"
          autoComplete="username"
          isRequired
          maxLength={32}
          hint={t('usernameHint')}
          error={fieldText(problem, 'username') ?? takenText(problem, 'username_taken')}
        />
        <NewPasswordField label={t('password')} value={password} onInput={setPassword} problem={problem} />
      </ActionForm>
      <Agreement to="byRegistering" />
      <p class="center">
        {t('haveAccount')} <a href={signInPath(next)}>{t('signIn')}</a>
      </p>
    </Card>
  )
}

/** A taken name or address belongs to its field. */
function takenText(problem: unknown, code: 'email_taken' | 'username_taken'): string | undefined {
  return problem instanceof ApiProblem && problem.code === code ? problemText(problem) : undefined
}

mount(Register)
