import type { FileId } from './ids.ts'

/** How upload keys bind the bytes: as strongly as the store keeps it. See `INTEGRITIES` for what comes of each. */
export const KEY_BINDINGS = ['store-sha256', 'sha256', 'none'] as const
export type KeyBinding = (typeof KEY_BINDINGS)[number]

/** What the doctor looks at, in the order in which a person should read it. */
export const STORE_CHECKS = [
  /** The bucket answers to our keys: list, put, read, delete, multipart. */
  'reachable',
  'clock',
  /** The address that clients are sent to is the same store. */
  'public-address',
  /** A page at our address may PUT and GET. */
  'cors',
  /** … and read the ETag and range headers of the answers. */
  'cors-headers',
  /** Nobody reads an object without a key, and who puts one cannot open it to everybody. */
  'private',
  'length',
  'type',
  'payload-sha256',
  'checksum-sha256',
  'checksum-crc64nvme',
  'put-if-none-match',
  'complete-if-none-match',
  'expiry',
  /** A rule that removes incomplete uploads if Bellhop is ever gone. */
  'lifecycle',
] as const
export type StoreCheckName = (typeof STORE_CHECKS)[number]

/** green: as it should be. amber: works, with less. red: uploads or downloads will fail or are not safe. */
export const CHECK_STATES = ['green', 'amber', 'red'] as const
export type CheckState = (typeof CHECK_STATES)[number]

export interface StoreCheck {
  readonly name: StoreCheckName
  readonly state: CheckState
  /** What was found, in a sentence. */
  readonly found: string
  /** What to do about it; null when green. */
  readonly fix: string | null
}

export interface StoreReport {
  readonly endpoint: string
  readonly publicEndpoint: string
  readonly bucket: string
  readonly checkedAt: string
  /** The strongest that this store keeps. */
  readonly binding: KeyBinding
  /** That was found out this time; else the binding is that of the report before. */
  readonly isBindingSeen: boolean
  /** In the order of `STORE_CHECKS`. What could not be looked at, for what comes before it is red, is absent. */
  readonly checks: readonly StoreCheck[]
}

/** What the last walk through the bucket found. */
export interface StoreSweep {
  readonly startedAt: string
  readonly endedAt: string | null
  readonly objectsSeen: number
  readonly leftoversRemoved: number
  readonly multipartAborted: number
  /** Objects that Bellhop has no row for. They are never deleted. */
  readonly unknownObjects: number
  /** The first of them. */
  readonly unknownKeys: readonly string[]
  readonly filesMissing: number
  /** The newest files of the caller's workspace whose object is missing by now, at most 20. */
  readonly missingFiles: readonly { readonly id: FileId; readonly name: string }[]
  readonly filesMended: number
}
