import { AppError } from '@bellhop/model'
import { findAbandonedUploads } from '@bellhop/persistence'
import type { Chore } from '@bellhop/persistence'
import { z } from 'zod'
import type { Platform } from './platform.ts'
import { settleUpload } from './upload-settlement.ts'
import { abandonUpload } from './uploads.ts'

const SWEPT_AT_ONCE = 100

const objectsToDelete = z.object({
  objectKeys: z.array(z.string()),
  /** The store's id of a multipart upload of the first key. */
  multipart: z.string().nullable(),
})

/** What the queue runs that no person waits for. Each may run twice. */
export function choresOf(platform: Platform): Readonly<Record<Chore, (payload: unknown) => Promise<void>>> {
  return {
    async 'objects:delete'(payload) {
      const { objectKeys, multipart } = objectsToDelete.parse(payload)
      const [first] = objectKeys
      if (multipart !== null && first !== undefined) await platform.store.abortMultipart(first, multipart)
      await platform.store.deleteObjects(objectKeys)
    },
    async 'uploads:sweep'() {
      for (const upload of await findAbandonedUploads(platform.database.db, SWEPT_AT_ONCE)) {
        // What has wholly arrived is finished, never deleted; only what is not there is given up.
        const object = upload.status === 'OPEN' ? await platform.store.head(upload.file.objectKey) : null
        if (upload.status === 'OPEN' && !object) await abandonUpload(platform, upload)
        else await settleUpload(platform, upload).catch(ignoreWhatTheOwnerMayMend)
      }
    },
  }
}

/** Rejected, or open again because something is missing: both are written down. */
function ignoreWhatTheOwnerMayMend(error: unknown): void {
  if (!(error instanceof AppError) || error.code === 'STORE_UNAVAILABLE') throw error
}
