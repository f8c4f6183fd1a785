/** The link of the widgets: it shows no alerts and controls nothing, so its owner may read it again. */
import { createSealedBox } from '../http/seal.ts'
import type { Platform } from '../ports.ts'
import { WIDGETS_SLOT } from '../widgets/rules.ts'
import type { WidgetLinks } from '../widgets/routes.ts'
import { toOutboxRow } from './outbox.ts'
import { findOverlay, overlayOf, replaceOverlay } from './overlay.ts'

export function widgetLinks(
  platform: Pick<Platform, 'config' | 'clock' | 'random' | 'database' | 'hub'>,
  site: () => Promise<{ readonly publicUrl: string }>,
): WidgetLinks {
  const { config, database, random } = platform
  const box = createSealedBox(config, random, 'panggung widget link')
  const addressOf = async (id: string) => `${(await site()).publicUrl}/overlay/${id}`
  return {
    pageOf: (c) => overlayOf(c, platform),
    async read(channelId) {
      const link = await findOverlay(database, channelId, WIDGETS_SLOT)
      const key = link?.sealedKey == null ? undefined : await box.open(link.sealedKey, link.id)
      return link && key !== undefined ? { url: await addressOf(link.id), key } : { url: null, key: null }
    },
    async replace({ channelId, slug, memberId }) {
      const seal = (key: string, id: string) => box.seal(key, id)
      const { id, key } = await replaceOverlay(platform, {
        channelId,
        slug,
        memberId,
        slot: WIDGETS_SLOT,
        seal,
      })
      return { url: await addressOf(id), key }
    },
    toOutboxRow,
  }
}
