/** What stands on the stage instead of a picture. */
import { t as elsewhere } from '../i18n/elsewhere.ts'
import { t } from '../i18n/watch.ts'
import { placeOf } from '../lib/links.ts'
import { ElsewhereButton } from '../ui/elsewhere-button.tsx'
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
  /** Where the channel broadcasts when not here; `undefined`: not known yet. */
  readonly elsewhereUrl: string | null | undefined
}

export function CoverText({ cover, player, recordingId, elsewhereUrl }: CoverTextProps) {
  if (cover === 'offline' && elsewhereUrl === undefined) return null
  if (cover === 'offline' && elsewhereUrl)
    return (
      <div class="player-cover">
        <p class="player-title">{elsewhere('title', { place: placeOf(elsewhereUrl) })}</p>
        <ElsewhereButton url={elsewhereUrl} />
      </div>
    )
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
