/** What the choice of a preset means for the other settings, so that the form shows it before it is saved. */
import type { Preset, SiteSettings } from '../../shared/contracts/site.ts'

/** @param slugs of the channels; an organisation with a single one shows it as its home page */
export function presetChanges(
  preset: Preset,
  slugs: readonly string[],
): Pick<SiteSettings, 'preset' | 'donationsEnabled' | 'homeChannel'> {
  const [only = null] = slugs
  return preset === 'streamers'
    ? { preset, donationsEnabled: true, homeChannel: null }
    : { preset, donationsEnabled: false, homeChannel: slugs.length === 1 ? only : null }
}
