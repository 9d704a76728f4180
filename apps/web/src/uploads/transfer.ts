import type { UploadHandleStatus, UploadSnapshot } from '@bellhop/client'

/** One file that a person gave to this tab, as the upload engine tells of it. */
export interface Transfer {
  readonly key: string
  readonly name: string
  readonly sizeBytes: number
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
