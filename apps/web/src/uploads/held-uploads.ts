import type { UploadId } from '@bellhop/model'

const PREFIX = 'bellhop-upload '

/** Tells the other tabs of this browser that an upload is under way here, until `ended`. */
export function holdUpload(uploadId: UploadId, ended: Promise<unknown>): void {
  void lockManager()?.request(PREFIX + uploadId, { mode: 'shared' }, () => ended.catch(() => {}))
}

/** Uploads that some tab of this browser carries. */
export async function heldUploads(): Promise<ReadonlySet<string>> {
  const { held = [] } = (await lockManager()?.query()) ?? {}
  return new Set(held.flatMap(({ name }) => (name?.startsWith(PREFIX) === true ? name.slice(PREFIX.length) : [])))
}

/** A page on plain http has none; its tabs then do not know of each other. */
function lockManager(): LockManager | undefined {
  return (navigator as Partial<Navigator>).locks
}
