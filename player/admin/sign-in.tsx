import { t } from '../i18n/admin.ts'
import { t as factorText } from '../i18n/second-factor.ts'
import { Page } from '../ui/page.tsx'
import { Card } from '../ui/parts.tsx'
import { SignInForm } from '../ui/sign-in-form.tsx'

export function SignIn() {
  return (
    // Nothing in place of the member's links.
    <Page title={t('signInTitle')} isNarrow nav={[]} account={<></>}>
      <Card>
        <div class="stack stack-tight">
          <h1>{t('signInTitle')}</h1>
          <p class="muted">{t('signInText')}</p>
        </div>
        <SignInForm
          path="/api/admin/sign-in"
          next={`/admin${location.hash}`}
          codeField={{ label: factorText('code'), hint: factorText('codeHint') }}
          labels={{ login: t('login'), password: t('password'), submit: t('signIn') }}
        />
        <p class="small muted">{t('forgot')}</p>
      </Card>
    </Page>
  )
}
