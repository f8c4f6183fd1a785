/** How full the disk of the recordings is. A full disk would take everything else on it down, too. */
import { statfs } from 'node:fs/promises'

export type DiskState = 'ok' | 'filling' | 'full'

export interface DiskThresholds {
  /** In per cent of the file system. */
  readonly warnPercent: number
  readonly stopPercent: number
}

/** @returns how much of the file system is used, in per cent  @throws the disk's error */
export type DiskUsage = () => Promise<number>

export function diskUsage(folder: string): DiskUsage {
  return () => usedPercentWith(folder, 0)
}

/** @returns how much would be used with so many bytes more, in per cent  @throws the disk's error */
export async function usedPercentWith(folder: string, bytes: number): Promise<number> {
  const { blocks, bfree, bavail, bsize } = await statfs(folder)
  // As `df` counts: what only root may use is neither free nor used.
  const used = blocks - bfree
  return blocks === 0 ? 0 : (100 * (used + bytes / bsize)) / Math.max(1, used + bavail)
}

export function diskState(usedPercent: number, { warnPercent, stopPercent }: DiskThresholds): DiskState {
  if (usedPercent >= stopPercent) return 'full'
  return usedPercent >= warnPercent ? 'filling' : 'ok'
}
