/** A video to keep. Why there is none is said here: the browser would show the answer as a page, or nothing at all. */
import { t } from '../i18n/cuts.ts'
import { requireFile } from '../lib/api.ts'
import { problemText } from '../lib/problem-text.ts'
import { toast } from '../ui/feedback.tsx'
import { useAction } from '../ui/hooks.ts'
import { Button } from '../ui/parts.tsx'

interface DownloadButtonProps {
  /** Address of the file. */
  readonly href: string
  readonly isSmall?: boolean
  readonly label?: string
}

export function DownloadButton({ href, ...look }: DownloadButtonProps) {
  const start = useAction(async () => {
    try {
      await requireFile(href)
      // No navigation, which a page with an upload under way would ask about.
      const link = document.createElement('a')
      Object.assign(link, { href, download: '' }).click()
    } catch (problem) {
      toast(problemText(problem), 'danger')
    }
  })
  return (
    <Button tone="plain" isBusy={start.isBusy} onClick={() => start.run()} {...look}>
      {t('download')}
    </Button>
  )
}
