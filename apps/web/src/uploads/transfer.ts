import type { UploadHandleStatus, UploadSnapshot } from '@bellhop/client'
import type { UploadId } from '@bellhop/model'

/** One file that a person gave to this tab, as the upload engine tells of it. */
export interface Transfer {
  readonly key: string
  readonly name: string
  readonly sizeBytes: number
  /** Known from the start where it goes on with one that was left. */
  readonly uploadId: UploadId | null
  /** What helps when it has failed: trying again, or giving the file once more. */
  readonly remedy: 'retry' | 'pick'
  readonly state: UploadSnapshot
}

/** Bytes count as unsent until the server has verified the file. */
const UNSENT: Readonly<Record<UploadHandleStatus, boolean>> = {
  WAITING: true,
  HASHING: true,
  SENDING: true,
  PAUSED: true,
  VERIFYING: true,
  DONE: false,
  FAILED: false,
  ABORTED: false,
}

export function isUnsent({ state }: Transfer): boolean {
  return UNSENT[state.status]
}

/** Once all bytes are there, pausing changes nothing. */
export function mayPause({ state: { status } }: Transfer): boolean {
  return status === 'WAITING' || status === 'HASHING' || status === 'SENDING'
}

/** What a person must see comes first, then what moves, what waits, what is done. */
const RANKS: Readonly<Record<UploadHandleStatus, number>> = {
  FAILED: 0,
  HASHING: 1,
  SENDING: 1,
  VERIFYING: 1,
  PAUSED: 2,
  WAITING: 3,
  DONE: 4,
  ABORTED: 4,
}

/** The first `limit` in that order, without sorting them all. */
export function foremost(transfers: readonly Transfer[], limit: number): readonly Transfer[] {
  const ranked = Map.groupBy(transfers, ({ state }) => RANKS[state.status])
  return [0, 1, 2, 3, 4].flatMap((rank) => ranked.get(rank) ?? []).slice(0, limit)
}
