import { t } from '../i18n/watch.ts'
import { useSession } from '../ui/context.ts'
import { toast } from '../ui/feedback.tsx'
import { Icon } from '../ui/icon.tsx'
import { Button } from '../ui/parts.tsx'

export function ShareButton({ path, title }: { path: string; title: string }) {
  const url = useSiteUrl(path)
  return (
    <Button tone="plain" onClick={() => void share(url, title)}>
      <Icon name="share" />
      {t('share')}
    </Button>
  )
}

export function useSiteUrl(path: string): string {
  const { site } = useSession()
  return `${site.publicUrl || location.origin}${path}`
}

/** Not on plain HTTP, and not in every browser. */
export function hasShareSheet(): boolean {
  return Reflect.has(navigator, 'share')
}

export async function share(url: string, title: string): Promise<void> {
  try {
    if (hasShareSheet()) await navigator.share({ title, url })
    else {
      await navigator.clipboard.writeText(url)
      toast(t('shareCopied'))
    }
  } catch (error) {
    // Closing the share sheet is not a failure; without a clipboard (plain HTTP) the link itself helps.
    if (!(error instanceof DOMException && error.name === 'AbortError')) toast(url)
  }
}
