/** A recording moves into the library, where an earlier one of the same video may be. */
import { access, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { PREVIEW_SHEET_FILE, PREVIEWS_FILE, STILL_FILE } from '../../shared/vod/resource.ts'
import { ifThere } from './read-bytes.ts'

/** What was drawn of the same pictures; it was written whole. */
const KEPT_FILES = [STILL_FILE, PREVIEW_SHEET_FILE, PREVIEWS_FILE]

/**
 * A crash in between leaves the one, the other or none, but nothing of both: whoever takes over keeps what it was made of
 * until the disk has it.
 * @param removed where the earlier one goes, to be erased  @throws the disk's error
 */
export async function takeOver(madeIn: string, folder: string, removed: string): Promise<void> {
  if (await ifThere(() => access(folder).then(() => true))) {
    for (const fileName of KEPT_FILES)
      await ifThere(() => rename(join(folder, fileName), join(madeIn, fileName)))
    await rm(removed, { recursive: true, force: true })
    await rename(folder, removed)
  }
  await rename(madeIn, folder)
}
