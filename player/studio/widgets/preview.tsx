/** How a widget looks with the settings as they are being changed, drawn by the widget's own code. */
import { useEffect, useRef } from 'preact/hooks'
import { WIDGET_SIZES, type WidgetKind, type WidgetsView } from '../../../shared/contracts/widgets.ts'
import { onLanguageChange } from '../../i18n/language.ts'
import { t } from '../../i18n/studio-widgets.ts'
import { openWidget } from '../../overlay/widgets/widget.ts'
import { Card } from '../../ui/parts.tsx'

export function WidgetPreview({ kind, view }: { kind: WidgetKind; view: WidgetsView }) {
  const stage = useRef<HTMLDivElement>(null)
  const open = useRef<ReturnType<typeof openWidget>>(undefined)
  const latest = useRef(view)
  latest.current = view
  // Read with the view, so it is as old as that.
  const skewMs = useRef(0)
  useEffect(() => {
    skewMs.current = view.serverTime - Date.now()
  }, [view.serverTime])

  useEffect(() => {
    if (!stage.current) return
    const widget = openWidget(kind, stage.current, () => Date.now() + skewMs.current)
    open.current = widget
    widget.update(latest.current)
    const forget = onLanguageChange(() => widget.update(latest.current))
    return () => {
      forget()
      widget.close()
    }
  }, [kind])
  const shown = JSON.stringify(view)
  useEffect(() => open.current?.update(latest.current), [shown])

  const { width, height } = WIDGET_SIZES[kind]
  return (
    <Card title={t('preview')}>
      <div class="widget-preview">
        <div
          ref={stage}
          class="widget-stage"
          style={{ aspectRatio: `${width} / ${height}`, maxWidth: `${width}px` }}
          role="img"
          aria-label={t(`kind_${kind}`)}
        />
      </div>
    </Card>
  )
}
