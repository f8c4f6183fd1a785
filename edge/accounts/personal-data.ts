/**
 * All that is kept about a member, for them (UU PDP 27/2022, articles 6 to 8). Names of others stay out of it, and so do
 * secrets and their hashes.
 */
import { integer, text } from '../db/row.ts'
import type { Database, Row } from '../ports.ts'

/** Of each kind, the newest; the file says when there are more. */
const MAX_ROWS = 10_000
/** Of captions together, in characters: those of one video may be a book. */
const MAX_CAPTION_CHARS = 4_000_000
const OWN_VIDEOS = `video JOIN channel ON channel.id = video.channel_id AND channel.owner_id = ?1
  AND video.state <> 'deleted'`

/** `?1` is the member. */
const PARTS = {
  account: `SELECT id, email, username, registered_at AS registeredAt, frozen_at AS frozenAt,
    '/files/' || avatar_asset_id AS avatarUrl FROM member WHERE id = ?1`,
  rights: `SELECT right, granted_at AS grantedAt FROM member_right WHERE member_id = ?1`,
  rightRequests: `SELECT right, reason, state, note, created_at AS createdAt, decided_at AS decidedAt FROM right_request
    WHERE member_id = ?1 ORDER BY id DESC`,
  mailWishes: `SELECT language, on_decision AS onDecision, on_donation AS onDonation FROM member_mail WHERE member_id = ?1`,
  devices: `SELECT user_agent AS userAgent, created_at AS signedInAt, expires_at AS expiresAt FROM session
    WHERE member_id = ?1`,
  channel: `SELECT slug, title, memo, elsewhere_url AS elsewhereUrl, created_at AS createdAt FROM channel WHERE owner_id = ?1`,
  broadcasts: `SELECT broadcast.id, started_at AS startedAt, ended_at AS endedAt FROM broadcast
    JOIN channel ON channel.id = channel_id WHERE owner_id = ?1 ORDER BY broadcast.id DESC`,
  videos: `SELECT video.id, video.title, description, topic, video.visibility, is_published = 1 AS isPublished,
      started_at AS startedAt, duration_ms AS durationMs, size_bytes AS sizeBytes, views
    FROM ${OWN_VIDEOS} ORDER BY video.id DESC`,
  chapters: `SELECT video_id AS videoId, start_ms AS startMs, label FROM ${OWN_VIDEOS}
    JOIN video_chapter ON video_id = video.id ORDER BY video_id DESC, start_ms`,
  captions: `SELECT video_id AS videoId, language, label,
      CASE WHEN SUM(LENGTH(cues)) OVER (ORDER BY video_caption.id DESC) <= ${MAX_CAPTION_CHARS} THEN cues END AS cues
    FROM ${OWN_VIDEOS} JOIN video_caption ON video_id = video.id ORDER BY video_caption.id DESC`,
  uploads: `SELECT file_name AS fileName, upload.size_bytes AS sizeBytes, upload.state, upload.created_at AS createdAt
    FROM upload JOIN channel ON channel.id = upload.channel_id WHERE owner_id = ?1 ORDER BY upload.id DESC`,
  streamKeys: `SELECT name, issued_at AS issuedAt, last_used_at AS lastUsedAt, revoked_at AS revokedAt FROM stream_key
    WHERE member_id = ?1 ORDER BY jti DESC`,
  wallet: `SELECT transfer.kind, entry.amount AS amountRupiah, entry.balance_after AS balanceAfterRupiah,
      transfer.id AS transferId, transfer.created_at AS createdAt
    FROM entry JOIN account ON account.id = account_id JOIN transfer ON transfer.id = transfer_id
    WHERE account.member_id = ?1 ORDER BY entry.seq DESC`,
  donationsSent: `SELECT donation.id, channel.slug AS channel, sender_name AS senderName, amount AS amountRupiah, message,
      donation.created_at AS createdAt
    FROM donation JOIN channel ON channel.id = channel_id WHERE from_member_id = ?1 ORDER BY donation.id DESC`,
  donationsReceived: `SELECT id, amount AS amountRupiah, created_at AS createdAt FROM donation WHERE to_member_id = ?1
    ORDER BY id DESC`,
  deposits: `SELECT id, amount AS amountRupiah, total AS totalRupiah, note, state, created_at AS createdAt,
      decided_at AS decidedAt, reason FROM deposit_request WHERE member_id = ?1 ORDER BY id DESC`,
  payoutAccounts: `SELECT bank, number_end AS numberEnd, account_name AS accountName, created_at AS createdAt
    FROM payout_account WHERE member_id = ?1 ORDER BY id DESC`,
  terms: `SELECT version_id AS versionId, version_en AS versionEn, accepted_at AS acceptedAt FROM terms_acceptance
    WHERE member_id = ?1 ORDER BY accepted_at DESC`,
  identity: `SELECT name, checked_at AS checkedAt FROM member_identity WHERE member_id = ?1`,
  notifications: `SELECT kind, payload, created_at AS createdAt, read_at AS readAt FROM notification WHERE member_id = ?1
    AND kind <> 'donation_received' ORDER BY id DESC`,
  activity: `SELECT action, details, created_at AS createdAt FROM activity WHERE member_id = ?1 ORDER BY id DESC`,
} as const

export async function personalData(
  database: Database,
  { memberId, nowMs }: { memberId: string; nowMs: number },
) {
  const parts: Record<string, readonly Row[]> = {}
  const incomplete: string[] = []
  // One after the other: nobody waits for it, and others want the database too.
  for (const [name, sql] of Object.entries(PARTS)) {
    const rows = await database.read({ sql: `${sql} LIMIT ${MAX_ROWS + 1}`, args: [memberId] })
    if (rows.length > MAX_ROWS || (name === 'captions' && rows.some(({ cues }) => cues === null)))
      incomplete.push(name)
    parts[name] = rows.slice(0, MAX_ROWS)
  }
  return { madeAt: nowMs, incomplete, ...parts }
}

export async function listOwnActivity(
  database: Database,
  { memberId, before }: { memberId: string; before: number | undefined },
) {
  const rows = await database.read({
    sql: `SELECT id, action, details, created_at FROM activity WHERE member_id = ?1 AND (?2 IS NULL OR id < ?2)
      ORDER BY id DESC LIMIT 50`,
    args: [memberId, before ?? null],
  })
  return rows.map((row) => ({
    id: integer(row, 'id'),
    action: text(row, 'action'),
    details: JSON.parse(text(row, 'details')) as Record<string, unknown>,
    createdAt: integer(row, 'created_at'),
  }))
}
