/** One widget as a browser source for OBS: no framework, the stream shared with the other widgets. */
import { WIDGET_KINDS } from '../../../shared/contracts/widgets.ts'
import { ULID_PATTERN } from '../../../shared/ids.ts'
import { startLanguage } from '../../i18n/language.ts'
import { t } from '../../i18n/overlay.ts'
import { newIdempotencyKey } from '../../lib/api.ts'
import { element } from '../card.ts'
import { tradeKey } from '../link-key.ts'
import { OverlayServer } from '../server.ts'
import { connectFeed } from './connect.ts'
import { openWidget } from './widget.ts'
import '../overlay.css'

startLanguage()
const stage = document.createElement('main')
stage.className = 'widget-stage'
document.body.append(stage)
// `/overlay/:id/:widget`
const [, , id = '', name = ''] = location.pathname.split('/')
const kind = WIDGET_KINDS.find((each) => each === name)
if (ULID_PATTERN.test(id) && kind) void run(id, kind)
else stop(t('broken'))

async function run(overlayId: string, widget: (typeof WIDGET_KINDS)[number]): Promise<void> {
  addEventListener('hashchange', () => location.reload())
  if (!(await tradeKey(new OverlayServer(overlayId, newIdempotencyKey())))) return stop(t('replaced'))
  let skewMs = 0
  let open: ReturnType<typeof openWidget> | undefined
  connectFeed(overlayId, (message) => {
    if (message.type === 'stopped') {
      open?.close()
      open = undefined
      return stop(t('replaced'))
    }
    skewMs = message.skewMs
    open ??= openWidget(widget, stage, () => Date.now() + skewMs)
    open.update(message.view)
    document.body.dataset['stream'] = 'open'
    document.body.dataset['head'] = String(message.view.head)
  })
}

function stop(text: string): void {
  stage.replaceChildren(element('p', 'stopped', text))
}
