import { useRef, useState } from 'preact/hooks'
import { type VoteAction, WidgetsView } from '../../../shared/contracts/widgets.ts'
import { t } from '../../i18n/studio-widgets.ts'
import { call } from '../../lib/api.ts'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { ProblemNotice } from '../../ui/feedback.tsx'
import { useAction } from '../../ui/hooks.ts'
import { Badge, Button, Card } from '../../ui/parts.tsx'
import type { ControlsProps } from './timer-controls.tsx'

export function VoteControls({ slug, view, onChange }: ControlsProps) {
  const wanted = useRef<VoteAction>('open')
  const [isAsking, setAsking] = useState(false)
  const send = async (): Promise<void> => {
    const path = `/api/studio/${slug}/widgets/vote/${wanted.current}`
    onChange(await call('POST', path, { body: {}, schema: WidgetsView }))
  }
  const act = useAction(send)
  const { isOpen } = view.poll
  return (
    <Card
      title={t('controls')}
      end={<Badge {...(isOpen && { tone: 'ok' })}>{t(isOpen ? 'voteIsOpen' : 'voteIsClosed')}</Badge>}
    >
      <div class="row">
        <Button
          tone="main"
          isBusy={act.isBusy}
          onClick={() => {
            wanted.current = isOpen ? 'close' : 'open'
            act.run()
          }}
        >
          {t(isOpen ? 'voteClose' : 'voteOpen')}
        </Button>
        <Button tone="danger" onClick={() => setAsking(true)}>
          {t('voteReset')}
        </Button>
      </div>
      <ProblemNotice problem={act.problem} />
      <ConfirmDialog
        isOpen={isAsking}
        title={t('voteResetTitle')}
        confirmLabel={t('voteReset')}
        isDanger
        onConfirm={() => {
          wanted.current = 'reset'
          return send()
        }}
        onClose={() => setAsking(false)}
      >
        <p>{t('voteResetText')}</p>
      </ConfirmDialog>
    </Card>
  )
}
