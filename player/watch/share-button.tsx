import { t } from '../i18n/watch.ts'
import { useSession } from '../ui/context.ts'
import { toast } from '../ui/feedback.tsx'
import { Icon } from '../ui/icon.tsx'
import { Button } from '../ui/parts.tsx'

export function ShareButton({ path, title }: { path: string; title: string }) {
  const { site } = useSession()
  const url = `${site.publicUrl || location.origin}${path}`
  const share = async (): Promise<void> => {
    // Not on plain HTTP, and not in every browser.
    const hasShareSheet = Reflect.has(navigator, 'share')
    try {
      if (hasShareSheet) await navigator.share({ title, url })
      else {
        await navigator.clipboard.writeText(url)
        toast(t('shareCopied'))
      }
    } catch (error) {
      // Closing the share sheet is not a failure; without a clipboard (plain HTTP) the link itself helps.
      if (!(error instanceof DOMException && error.name === 'AbortError')) toast(url)
    }
  }
  return (
    <Button tone="plain" onClick={() => void share()}>
      <Icon name="share" />
      {t('share')}
    </Button>
  )
}
