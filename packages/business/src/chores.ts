import { AppError, isId, isWebhookDeliveryId } from '@bellhop/model'
import type { JobId, UploadId, WebhookDeliveryId, WorkspaceId } from '@bellhop/model'
import { findAbandonedUploads, pruneDeliveries, pruneKeyRates, tallyEndedJobs } from '@bellhop/persistence'
import type { Chore, UploadRow } from '@bellhop/persistence'
import { z } from 'zod'
import { walkBucket } from './bucket-sweep.ts'
import { discardAttempt } from './job-objects.ts'
import type { Platform } from './platform.ts'
import { rereadUpload } from './reread.ts'
import { examineWhenDue } from './store-examination.ts'
import { queueReread, settleUpload } from './upload-settlement.ts'
import { abandonUpload } from './uploads.ts'
import { deliverWebhook } from './webhook-delivery.ts'

const SWEPT_AT_ONCE = 100

const attemptToDiscard = z.object({
  workspaceId: z.custom<WorkspaceId>((id) => isId('workspace', id)),
  id: z.custom<JobId>((id) => isId('job', id)),
  attempt: z.number().int().positive(),
})
const objectsToDelete = z.object({
  objectKeys: z.array(z.string()),
  /** The store's id of a multipart upload of the first key. */
  multipart: z.string().nullable(),
})
const multipartToAbort = z.object({ objectKey: z.string(), storeUploadId: z.string() })
const deliveryToSend = z.object({ deliveryId: z.custom<WebhookDeliveryId>(isWebhookDeliveryId) })
const uploadToReread = z.object({
  uploadId: z.custom<UploadId>((id) => isId('upload', id)),
  workspaceId: z.custom<WorkspaceId>((id) => isId('workspace', id)),
})

/** What the queue runs that no person waits for. Each may run twice; `signal` fires when the worker stops. */
export function choresOf(
  platform: Platform,
  signal: AbortSignal,
): Readonly<Record<Chore, (payload: unknown) => Promise<void>>> {
  return {
    'attempts:discard': (payload) => discardAttempt(platform, attemptToDiscard.parse(payload)),
    async 'objects:delete'(payload) {
      const { objectKeys, multipart } = objectsToDelete.parse(payload)
      const [first] = objectKeys
      if (multipart !== null && first !== undefined) await platform.store.abortMultipart(first, multipart)
      await platform.store.deleteObjects(objectKeys)
    },
    async 'multipart:abort'(payload) {
      const { objectKey, storeUploadId } = multipartToAbort.parse(payload)
      await platform.store.abortMultipart(objectKey, storeUploadId)
    },
    async 'uploads:sweep'() {
      for (const upload of await findAbandonedUploads(platform.database.db, SWEPT_AT_ONCE)) {
        signal.throwIfAborted()
        await bringToItsEnd(platform, upload)
      }
    },
    'uploads:reread': (payload) => rereadUpload(platform, uploadToReread.parse(payload), signal),
    'store:examine': () => examineWhenDue(platform, signal),
    'store:sweep': () => walkBucket(platform, { signal }),
    'webhooks:deliver': (payload) => deliverWebhook(platform, deliveryToSend.parse(payload).deliveryId, signal),
    async 'webhooks:prune'() {
      await pruneDeliveries(platform.database.db)
    },
    async 'key-rates:prune'() {
      await pruneKeyRates(platform.database.db)
    },
    async 'jobs:tally'() {
      await tallyEndedJobs(platform.database.db)
    },
  }
}

/** What has wholly arrived is finished, never deleted; only what is not there is given up. */
async function bringToItsEnd(platform: Platform, upload: UploadRow): Promise<void> {
  if (upload.status === 'COMPLETING' && upload.completingAt === null) {
    return queueReread(platform.database.db, upload)
  }
  if (!upload.sizeKnown) return void (await abandonUpload(platform, upload))
  try {
    await settleUpload(platform, upload)
  } catch (error) {
    if (!(error instanceof AppError)) return platform.log.error(`The upload ${upload.id} could not be settled.`, error)
    if (error.code === 'STORE_UNAVAILABLE') throw error
    // Anything else is written down: rejected, or on its way in other hands.
    if (error.code === 'UPLOAD_INCOMPLETE' && upload.status === 'OPEN') await abandonUpload(platform, upload)
  }
}
