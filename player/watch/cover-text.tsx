/** What stands on the stage instead of a picture. */
import { t } from '../i18n/watch.ts'
import { Icon } from '../ui/icon.tsx'
import { Button } from '../ui/parts.tsx'
import { Invitation } from './invitation.tsx'
import type { Cover } from './stage.ts'
import type { PlayerHandle } from './use-player.ts'

interface CoverTextProps {
  readonly cover: Cover
  readonly player: PlayerHandle
  /** Of the broadcast that ended; absent: none that may be watched. */
  readonly recordingId?: string | undefined
}

export function CoverText({ cover, player, recordingId }: CoverTextProps) {
  if (cover === 'blocked')
    return (
      <div class="player-cover">
        <button type="button" class="player-unmute player-start" onClick={player.togglePlay}>
          <Icon name="play" />
          {t('start')}
        </button>
      </div>
    )
  if (cover === 'members')
    return (
      <div class="player-cover player-invitation">
        <Invitation />
      </div>
    )
  return (
    <div class="player-cover" role="status" hidden={cover === 'none'}>
      {cover === 'offline' || cover === 'ended' || cover === 'failed' || cover === 'full' ? (
        <>
          <p class="player-title">{t(`${cover}Title`)}</p>
          {cover === 'failed' && player.unplayable.length > 0 && (
            <p>{t('failedFormats', { formats: player.unplayable.join(', ') })}</p>
          )}
          <p>{t(`${cover}Text`)}</p>
          {cover === 'ended' && recordingId !== undefined && (
            <Button tone="main" href={`/v/${recordingId}`}>
              {t('watchRecording')}
            </Button>
          )}
        </>
      ) : (
        cover !== 'none' && <p class="player-wait">{t(cover)}</p>
      )}
    </div>
  )
}
