import { t } from '../i18n/sign-in.ts'
import { safeNextPath, signInPath } from '../lib/next-path.ts'
import { useSession } from '../ui/context.ts'
import { Notice } from '../ui/feedback.tsx'
import { mount } from '../ui/mount.tsx'
import { Page } from '../ui/page.tsx'
import { Card } from '../ui/parts.tsx'
import { SignInForm } from '../ui/sign-in-form.tsx'

const next = safeNextPath(new URLSearchParams(location.search).get('next'))

function SignIn() {
  const { member, site, hasMail } = useSession()
  return (
    <Page title={t('signInTitle')} isNarrow>
      <Card>
        <h1>{t('signInTitle')}</h1>
        {member && (
          <Notice>
            <p>{t('already', { name: member.username })}</p>
            <a href={next}>{t('goOn')}</a>
          </Notice>
        )}
        <SignInForm
          path="/api/accounts/sign-in"
          next={next}
          labels={{ login: t('login'), password: t('password'), submit: t('signIn') }}
        />
        {hasMail ? (
          <p class="center">
            <a href="/reset-password">{t('forgottenAsk')}</a>
          </p>
        ) : (
          <p class="center small muted">{t('forgotten')}</p>
        )}
        {site.registration !== 'closed' && (
          <p class="center">
            {t('noAccount')} <a href={signInPath(next, '/register')}>{t('register')}</a>
          </p>
        )}
        <p class="center small">
          <a class="touch-link" href="/admin/sign-in">
            {t('adminSignIn')}
          </a>
        </p>
      </Card>
    </Page>
  )
}

mount(SignIn)
