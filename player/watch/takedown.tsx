/** For admins only, and loaded only for them. */
import { useState } from 'preact/hooks'
import type { Video } from '../../shared/contracts/videos.ts'
import { t } from '../i18n/takedowns.ts'
import { Button } from '../ui/parts.tsx'
import { TakedownDialog } from '../videos/takedown-dialog.tsx'

export function Takedown({ video }: { video: Video }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button tone="danger" onClick={() => setOpen(true)}>
        {t('takeDown')}
      </Button>
      {isOpen && (
        <TakedownDialog
          video={{ ...video, isTakenDown: false }}
          // Nobody watches it here any more; there it is given back.
          onChange={() => location.assign('/admin#videos')}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  )
}
