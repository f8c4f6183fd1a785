/** Which videos of the studio are shown, and in which order. */
import { VISIBILITIES } from '../../../shared/contracts/channels.ts'
import { VIDEO_KINDS, VIDEO_ORDERS, VIDEO_STATES } from '../../../shared/contracts/video-library.ts'
import { t } from '../../i18n/video-library.ts'
import { SelectField } from '../../ui/field.tsx'
import { SearchBox } from '../../videos/search-box.tsx'
import { type Find, withoutEmpty } from './library-find.ts'

interface LibraryFilterProps {
  readonly find: Find
  readonly onFind: (find: Find) => void
}

export function LibraryFilter({ find, onFind }: LibraryFilterProps) {
  const change = (changed: Partial<Record<keyof Find, string>>): void =>
    onFind(
      withoutEmpty({
        q: find.q,
        state: find.state,
        visibility: find.visibility,
        kind: find.kind,
        order: find.order,
        ...changed,
      }),
    )
  return (
    <div class="stack stack-tight">
      <SearchBox label={t('search')} words={find.q ?? ''} onFind={(q) => change({ q })} />
      <div class="library-filters">
        <SelectField
          label={t('state')}
          value={find.state ?? ''}
          onChange={(state) => change({ state })}
          options={[
            { value: '', label: t('state_any') },
            ...VIDEO_STATES.map((value) => ({ value, label: t(`state_${value}`) })),
          ]}
        />
        <SelectField
          label={t('visibility')}
          value={find.visibility ?? ''}
          onChange={(visibility) => change({ visibility })}
          options={[
            { value: '', label: t('visibility_any') },
            ...VISIBILITIES.map((value) => ({ value, label: t(`visibility_${value}`) })),
          ]}
        />
        <SelectField
          label={t('kind')}
          value={find.kind ?? ''}
          onChange={(kind) => change({ kind })}
          options={[
            { value: '', label: t('kind_any') },
            ...VIDEO_KINDS.map((value) => ({ value, label: t(`kind_${value}`) })),
          ]}
        />
        <SelectField
          label={t('order')}
          value={find.order ?? 'newest'}
          onChange={(order) => change({ order: order === 'newest' ? '' : order })}
          options={VIDEO_ORDERS.map((value) => ({ value, label: t(`order_${value}`) }))}
        />
      </div>
    </div>
  )
}
