import type { FileId, UploadId, UserId, ValetKeyId } from './ids.ts'

/** What a key was issued for. */
export const VALET_KEY_PURPOSES = ['upload', 'upload-part', 'download', 'preview', 'job'] as const
export type ValetKeyPurpose = (typeof VALET_KEY_PURPOSES)[number]

/** How long keys live, as the operator has set it. */
export interface KeyLife {
  /** The slowest link that a key is made for. */
  readonly floorBytesPerSecond: number
  readonly minMs: number
  readonly maxMs: number
}

/**
 * How long a key that carries `sizeBytes` lives: enough for the slowest link, within the bounds. A store judges the
 * expiry when a request starts, so a part key need only outlive its wait in the client's queue.
 */
export function keyLifeMs(sizeBytes: number, { floorBytesPerSecond, minMs, maxMs }: KeyLife): number {
  const transferMs = Math.ceil((sizeBytes / floorBytesPerSecond) * 1000)
  return Math.min(maxMs, Math.max(minMs, transferMs))
}

/** One line of the ledger: that a key was issued, never the key itself. */
export interface ValetKeyRecord {
  readonly id: ValetKeyId
  readonly purpose: ValetKeyPurpose
  readonly fileId: FileId
  readonly fileName: string | null
  readonly userId: UserId
  readonly userName: string | null
  /** Of the API key that it was asked for with; null: in a session of the page. */
  readonly apiKeyName: string | null
  readonly uploadId: UploadId | null
  /** Keys for parts are recorded by the batch, of `keyCount` parts: the lowest of them. */
  readonly firstPart: number | null
  /** One after the other, where a long download was given further keys under the same line. */
  readonly keyCount: number
  /** What the keys of this line can move at most. */
  readonly sizeBytes: number
  readonly fromAddress: string | null
  readonly issuedAt: string
  readonly expiresAt: string
  /**
   * As far as the store tells: keys to upload were used when what they brought was seen to be there. Null for downloads
   * and previews, of which a store says nothing.
   */
  readonly usedAt: string | null
  /** Since then no key follows it; what was issued lives until it expires. */
  readonly revokedAt: string | null
}
