import type { FileId, UploadId, ValetKeyId } from './ids.ts'

/** What a key was issued for. */
export const VALET_KEY_PURPOSES = ['upload', 'upload-part', 'download', 'preview'] as const
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
  readonly userName: string | null
  readonly uploadId: UploadId | null
  /** Keys for parts are recorded by the batch: `keyCount` parts from this one on. */
  readonly firstPart: number | null
  readonly keyCount: number
  /** What the keys of this line can move at most. */
  readonly sizeBytes: number
  readonly fromAddress: string | null
  readonly issuedAt: string
  readonly expiresAt: string
  /** As far as the store tells. */
  readonly usedAt: string | null
  /** Since then no key follows it; what was issued lives until it expires. */
  readonly revokedAt: string | null
}
