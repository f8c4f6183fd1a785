/** How a channel's alerts look and sound. What is queued keeps what it was made with. */
import * as v from 'valibot'
import {
  alertFileUrl,
  type AlertFile,
  AlertLook,
  type AlertSettings,
  AlertSettingsView,
  MAX_ALERT_FILES,
} from '../../shared/contracts/alert-settings.ts'
import { AppError } from '../../shared/errors.ts'
import { ulid } from '../../shared/ids.ts'
import { logActivity } from '../db/activity.ts'
import { type AssetPlatform, storeFile } from '../assets/files.ts'
import { integer, text, textOrNull } from '../db/row.ts'
import type { Database, Platform } from '../ports.ts'
import type { Operator } from './control.ts'
import type { AlertFileType } from './file-type.ts'

type SettingsPlatform = Pick<Platform, 'clock' | 'database' | 'random'>

export async function readAlertSettings(database: Database, channelId: string): Promise<AlertSettingsView> {
  const [[channel], variations, files] = await Promise.all([
    database.read({ sql: 'SELECT * FROM channel WHERE id = ?', args: [channelId] }),
    database.read({
      sql: 'SELECT * FROM alert_variation WHERE channel_id = ? ORDER BY from_rupiah',
      args: [channelId],
    }),
    database.read({
      sql: `SELECT asset_id, name, type, size_bytes FROM alert_file
        JOIN asset ON asset.id = asset_id WHERE channel_id = ? ORDER BY asset_id`,
      args: [channelId],
    }),
  ])
  if (!channel) throw new AppError('not_found')
  return v.parse(AlertSettingsView, {
    minimumAlertRupiah: integer(channel, 'minimum_alert_rupiah'),
    template: text(channel, 'alert_template'),
    imageId: fileIdOf(textOrNull(channel, 'alert_image_url')),
    soundId: fileIdOf(textOrNull(channel, 'alert_sound_url')),
    durationMs: integer(channel, 'alert_duration_ms'),
    lateAfterMs: integer(channel, 'alert_late_ms'),
    inStream: channel['alerts_in_stream'] === 1,
    look: v.parse(AlertLook, JSON.parse(text(channel, 'alert_look'))),
    variations: variations.map((row) => ({
      fromRupiah: integer(row, 'from_rupiah'),
      template: text(row, 'template'),
      imageId: fileIdOf(textOrNull(row, 'image_url')),
      soundId: fileIdOf(textOrNull(row, 'sound_url')),
    })),
    files: files.map((row) => ({
      id: text(row, 'asset_id'),
      name: text(row, 'name'),
      type: text(row, 'type'),
      sizeBytes: integer(row, 'size_bytes'),
    })),
  })
}

function fileIdOf(url: string | null): string | null {
  return url?.split('/').at(-1) ?? null
}

/** @throws AppError `invalid_input` naming a picture or a sound that the channel does not have */
export async function writeAlertSettings(
  { clock, database }: SettingsPlatform,
  { channelId, slug, memberId }: Operator,
  settings: AlertSettings,
): Promise<void> {
  const { files } = await readAlertSettings(database, channelId)
  requireOwnFiles(settings, files)
  const nowMs = clock.now()
  const { template, imageId, soundId, durationMs, lateAfterMs, inStream, look, minimumAlertRupiah } = settings
  await database.write([
    {
      sql: `UPDATE channel SET alert_template = ?, alert_image_url = ?, alert_sound_url = ?,
          alert_duration_ms = ?, alert_late_ms = ?, alerts_in_stream = ?, alert_look = ?, minimum_alert_rupiah = ? WHERE id = ?`,
      args: [
        template,
        urlOf(imageId),
        urlOf(soundId),
        durationMs,
        lateAfterMs,
        Number(inStream),
        JSON.stringify(look),
        minimumAlertRupiah,
        channelId,
      ],
    },
    { sql: 'DELETE FROM alert_variation WHERE channel_id = ?', args: [channelId] },
    ...settings.variations.map((each) => ({
      sql: `INSERT INTO alert_variation (channel_id, from_rupiah, template, image_url, sound_url)
        VALUES (?, ?, ?, ?, ?)`,
      args: [channelId, each.fromRupiah, each.template, urlOf(each.imageId), urlOf(each.soundId)],
    })),
    logActivity({ action: 'alert_settings_changed', memberId, details: { channel: slug }, nowMs }),
  ])
}

function urlOf(id: string | null): string | null {
  return id === null ? null : alertFileUrl(id)
}

function requireOwnFiles(settings: AlertSettings, files: readonly AlertFile[]): void {
  const isOwn = (id: string | null, kind: 'image' | 'audio') =>
    id === null || files.some((file) => file.id === id && file.type.startsWith(`${kind}/`))
  const owners = [
    { path: '', ...settings },
    ...settings.variations.map((each, index) => ({ path: `variations.${index}.`, ...each })),
  ]
  for (const { path, imageId, soundId } of owners) {
    if (!isOwn(imageId, 'image'))
      throw new AppError('invalid_input', { fields: { [`${path}imageId`]: 'not_allowed' } })
    if (!isOwn(soundId, 'audio'))
      throw new AppError('invalid_input', { fields: { [`${path}soundId`]: 'not_allowed' } })
  }
}

/** @throws AppError `too_many_files` */
export async function addAlertFile(
  platform: SettingsPlatform & AssetPlatform,
  { channelId, slug, memberId }: Operator,
  { name, type, body }: { name: string; type: AlertFileType; body: Uint8Array<ArrayBuffer> },
): Promise<AlertFile> {
  const { clock, database, random } = platform
  const nowMs = clock.now()
  const id = ulid(nowMs, random.bytes)
  const stored = await storeFile(platform, { id, type, body })
  const results = await database.write([
    stored,
    {
      sql: `INSERT INTO alert_file (asset_id, channel_id, name, created_at) SELECT ?1, ?2, ?3, ?4
        WHERE (SELECT COUNT(*) FROM alert_file WHERE channel_id = ?2) < ?5 RETURNING asset_id`,
      args: [id, channelId, name, nowMs, MAX_ALERT_FILES],
    },
    {
      sql: 'DELETE FROM asset WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM alert_file WHERE asset_id = ?1)',
      args: [id],
    },
    logActivity({
      action: 'alert_file_added',
      memberId,
      details: { channel: slug, type, sizeBytes: body.byteLength },
      nowMs,
      onlyIf: { sql: 'EXISTS (SELECT 1 FROM alert_file WHERE asset_id = ?)', args: [id] },
    }),
  ])
  if (results[1]?.length !== 1) throw new AppError('too_many_files')
  return { id, name, type, sizeBytes: body.byteLength }
}

/** A past alert that is replayed has the product's own picture from then on. */
const IS_USED = `(EXISTS (SELECT 1 FROM channel WHERE id = ?2 AND ?3 IN (alert_image_url, alert_sound_url))
  OR EXISTS (SELECT 1 FROM alert_variation WHERE channel_id = ?2 AND ?3 IN (image_url, sound_url))
  OR EXISTS (SELECT 1 FROM alert_play JOIN alert ON alert.id = alert_id
    WHERE alert_play.channel_id = ?2 AND state IN ('queued', 'held', 'claimed', 'started')
      AND ?3 IN (image_url, sound_url)))`

/** @throws AppError `not_found`, `file_in_use` by the settings or by an alert that waits */
export async function removeAlertFile(
  { clock, database }: SettingsPlatform,
  { channelId, slug, memberId }: Operator,
  id: string,
): Promise<void> {
  const nowMs = clock.now()
  const isGone = {
    sql: 'NOT EXISTS (SELECT 1 FROM alert_file WHERE asset_id = ?)',
    args: [id],
  }
  const owned = await database.read({
    sql: 'SELECT asset_id FROM alert_file WHERE asset_id = ? AND channel_id = ?',
    args: [id, channelId],
  })
  if (owned.length === 0) throw new AppError('not_found')
  const [removed = []] = await database.write([
    {
      sql: `DELETE FROM alert_file WHERE asset_id = ?1 AND channel_id = ?2 AND NOT ${IS_USED}
        RETURNING asset_id`,
      args: [id, channelId, alertFileUrl(id)],
    },
    { sql: `DELETE FROM asset WHERE id = ? AND ${isGone.sql}`, args: [id, id] },
    logActivity({
      action: 'alert_file_removed',
      memberId,
      details: { channel: slug },
      nowMs,
      onlyIf: isGone,
    }),
  ])
  if (removed.length === 0) throw new AppError('file_in_use')
}
