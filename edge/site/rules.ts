/** What the installation is: read by every slice that depends on it. */
import type { Preset, Site, SiteSettings } from '../../shared/contracts/site.ts'
import { AppError } from '../../shared/errors.ts'
import type { Platform } from '../ports.ts'
import { readSite } from './store.ts'

export type ReadSite = () => Promise<Site>

export function siteReader({ database, config }: Pick<Platform, 'database' | 'config'>): ReadSite {
  return () => readSite(database, config)
}

/**
 * Nothing takes a setup back, so a yes is remembered and costs no query.
 * @returns a function that tells whether the first visit has happened
 */
export function setUpCheck(site: ReadSite): () => Promise<boolean> {
  let isSetUp = false
  return async () => {
    isSetUp ||= (await site()).isSetUp
    return isSetUp
  }
}

/** @throws AppError `setup_required` */
export function requireSetUp(isSetUp: boolean): void {
  if (!isSetUp) throw new AppError('setup_required')
}

/** What the first visit chooses by one word; each can be changed later. */
export function presetSettings(preset: Preset): Pick<SiteSettings, 'donationsEnabled' | 'homeChannel'> {
  return { donationsEnabled: preset === 'streamers', homeChannel: null }
}
