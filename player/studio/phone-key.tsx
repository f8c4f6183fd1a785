/** A new short key: the only time it is shown, to be scanned or typed. */
import { useState } from 'preact/hooks'
import type { RevealedKey } from '../../shared/contracts/studio.ts'
import { t } from '../i18n/phone-key.ts'
import { isOnlyHere } from '../lib/only-here.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Notice } from '../ui/feedback.tsx'
import { SelectField } from '../ui/field.tsx'
import { Button } from '../ui/parts.tsx'
import { QrCode } from '../ui/qr-code.tsx'
import { CopyButton, CopyField } from '../ui/secret.tsx'
import { groupsOf, larixAddress, phoneAddress } from './phone-address.ts'

const APPS = ['larix', 'other'] as const
type App = (typeof APPS)[number]

export function PhoneKeyDialog({ issued, onClose }: { issued: RevealedKey; onClose: () => void }) {
  const [app, setApp] = useState<App>('larix')
  return (
    <Dialog isOpen title={t('title', { name: issued.name })} onClose={onClose}>
      <QrCode text={app === 'larix' ? larixAddress(issued) : phoneAddress(issued)} label={t('qr')} />
      <div class="field">
        <span class="field-label">{t('key')}</span>
        <div class="secret">
          <code class="typed-key" data-secret>
            {groupsOf(issued.streamKey).map((group, index) => (
              <span key={index}>{group}</span>
            ))}
          </code>
          <CopyButton text={issued.streamKey} />
        </div>
        <div class="field-hint">{t('keyHint')}</div>
      </div>
      <Notice>{t('once')}</Notice>
      {isOnlyHere(issued.server) && <Notice tone="danger">{t('onlyHere', { server: issued.server })}</Notice>}
      <SelectField
        label={t('app')}
        value={app}
        options={APPS.map((value) => ({ value, label: t(value) }))}
        onChange={(value) => setApp(value as App)}
        hint={t(`${app}Hint`)}
      />
      <CopyField label={t('server')} text={issued.server} />
      <div class="dialog-end">
        <Button tone="main" onClick={onClose}>
          {t('done')}
        </Button>
      </div>
    </Dialog>
  )
}
