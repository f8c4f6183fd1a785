import { t } from '../i18n/watch.ts'
import { signInPath } from '../lib/next-path.ts'
import { useSession } from '../ui/context.ts'
import { Button } from '../ui/parts.tsx'

/** To sign in, where only members may watch. Whoever does comes back to this page. */
export function Invitation() {
  const { site } = useSession()
  const here = location.pathname + location.search
  return (
    <div class="invitation">
      <p class="player-title">{t('membersTitle')}</p>
      <p>{t('membersText')}</p>
      <div class="row">
        <Button tone="main" href={signInPath(here)}>
          {t('signIn')}
        </Button>
        {site.registration === 'open' && (
          <Button tone="plain" href={signInPath(here, '/register')}>
            {t('register')}
          </Button>
        )}
      </div>
    </div>
  )
}
