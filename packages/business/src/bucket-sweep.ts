import { AppError, LIMITS, isId } from '@bellhop/model'
import type { FileId, JobId, OutputId, StoreSweep, WorkspaceId } from '@bellhop/model'
import * as persistence from '@bellhop/persistence'
import type { ListedObject, ObjectOwner, StoredFile, SweepRow } from '@bellhop/persistence'
import { z } from 'zod'
import { requireRight } from './caller.ts'
import type { Context } from './caller.ts'
import type { Platform } from './platform.ts'
import { settleUpload } from './upload-settlement.ts'

/** Everything of ours lies under it. What lies elsewhere in the bucket is not looked at. */
const PREFIX = 'workspaces/'
/** A run ends after so many pages and queues the next, so that jobs get their turn. */
const PAGES_PER_RUN = 50
const UNKNOWN_NAMED = 20
/** Rows at once, about as many as a page of the store's listing has objects. */
const FILES_PER_PAGE = 1_000
/** Listings for one page of rows; those that were not seen by then are asked for one by one. */
const LISTINGS_PER_PAGE = 20
const HOUR_MS = 3_600_000
const AGE_MS = {
  /** A multipart upload of the store that no row knows. */
  unknownMultipart: LIMITS.uploadLifeMs,
  endedMultipart: 24 * HOUR_MS,
  /** Its own client is likely to complete it in less. */
  unsettled: 60_000,
} as const

interface Walk {
  readonly platform: Platform
  readonly signal: AbortSignal
  readonly now: () => number
}

/** Queues a walk through the bucket now; the one that is under way goes on instead. */
export async function sweepStore({ platform, caller }: Context): Promise<void> {
  requireRight(caller, 'administer')
  await queueWalk(platform)
}

/** What the last walk found, or the present one has found by now. */
export async function latestSweep(
  platform: Pick<Platform, 'database' | 'settings'>,
): Promise<Omit<StoreSweep, 'missingFiles'> | null> {
  return (await persistence.findLatestSweep(platform.database.db, platform.settings.objectStore)) ?? null
}

/**
 * Holds the bucket and the rows against each other, both ways, a page at a time: first the store's multipart uploads, then
 * its objects against the rows, then the rows against its objects. Where it is, is written down after each page, so the
 * next run goes on there. Nobody else walks meanwhile.
 */
export async function walkBucket(
  platform: Platform,
  { signal, now = Date.now }: { signal: AbortSignal; now?: () => number },
): Promise<void> {
  const { database, settings } = platform
  const walk: Walk = { platform, signal, now }
  await persistence.withSweepLock(database, settings.objectStore, async () => {
    let sweep = await persistence.openSweep(database.db, settings.objectStore)
    for (let page = 0; sweep.stage !== 'done'; page++) {
      if (page === PAGES_PER_RUN || signal.aborted) return queueWalk(platform)
      sweep = await STAGES[sweep.stage](walk, sweep)
      await persistence.saveSweep(database.db, sweep)
    }
  })
}

function queueWalk(platform: Platform): Promise<void> {
  return persistence.queueChore(platform.database.db, 'store:sweep', {}, { once: 'store:sweep' })
}

const STAGES: Record<Exclude<SweepRow['stage'], 'done'>, (walk: Walk, sweep: SweepRow) => Promise<SweepRow>> = {
  uploads: sweepMultiparts,
  objects: sweepObjects,
  files: sweepFiles,
}

const multipartCursor = z.object({ key: z.string(), id: z.string() })

/** What the store holds open for parts, whose upload has ended or is known to nobody. */
async function sweepMultiparts({ platform, now }: Walk, sweep: SweepRow): Promise<SweepRow> {
  const after = sweep.cursor === null ? undefined : multipartCursor.parse(JSON.parse(sweep.cursor))
  const { uploads, next } = await platform.store.listMultiparts(PREFIX, after)
  const owners = await persistence.findMultipartOwners(
    platform.database.db,
    uploads.map((upload) => upload.storeUploadId),
    uploads.flatMap((upload) => idIn('file', upload.objectKey)),
  )
  const ended = new Map(owners.map((owner) => [owner.storeUploadId, owner.isEnded]))
  let multipartAborted = 0
  for (const { objectKey, storeUploadId, startedAt } of uploads) {
    const isEnded = ended.get(storeUploadId)
    // Those that have not ended are `uploads:sweep`'s.
    if (isEnded === false) continue
    if (now() - startedAt.getTime() < (isEnded ? AGE_MS.endedMultipart : AGE_MS.unknownMultipart)) continue
    await platform.store.abortMultipart(objectKey, storeUploadId)
    multipartAborted++
  }
  return {
    ...sweep,
    multipartAborted: sweep.multipartAborted + multipartAborted,
    ...(next ? { cursor: JSON.stringify(next) } : { stage: 'objects', cursor: null }),
  }
}

/** What is stored, against the rows: leftovers go, what nobody settled is settled, what nobody knows is told. */
async function sweepObjects(walk: Walk, sweep: SweepRow): Promise<SweepRow> {
  const { platform, now } = walk
  const { objects, isLast } = await platform.store.listObjects(PREFIX, sweep.cursor ?? undefined)
  const owned = await ownersOf(platform, objects)
  // Older than any key that could write them again, so they are removed once.
  const leftovers: string[] = []
  const unknown: string[] = []
  for (const { key, modifiedAt } of objects) {
    const ageMs = now() - modifiedAt.getTime()
    const owner = owned(key)
    if (owner === 'nobody') unknown.push(key)
    else if (owner === 'ended' && ageMs > platform.settings.keyLife.maxMs) leftovers.push(key)
    else if (typeof owner === 'object' && ageMs > AGE_MS.unsettled) await settleForgotten(platform, owner)
  }
  await platform.store.deleteObjects(leftovers)
  return {
    ...sweep,
    objectsSeen: sweep.objectsSeen + objects.length,
    leftoversRemoved: sweep.leftoversRemoved + leftovers.length,
    unknownObjects: sweep.unknownObjects + unknown.length,
    unknownKeys: [...sweep.unknownKeys, ...unknown].slice(0, UNKNOWN_NAMED),
    ...(isLast ? { stage: 'files', cursor: null } : { cursor: objects.at(-1)?.key ?? null }),
  }
}

/** Whose an object is: somebody's who lives or has ended, an upload's that has not, or nobody's. */
type Owned = 'living' | 'ended' | 'nobody' | ObjectOwner

async function ownersOf(platform: Platform, objects: readonly ListedObject[]): Promise<(key: string) => Owned> {
  const { db } = platform.database
  const keys = objects.map((object) => object.key)
  const [files, outputs, jobs] = await Promise.all([
    persistence.findFileOwners(
      db,
      keys.flatMap((key) => idIn('file', key)),
    ),
    persistence.findOutputOwners(
      db,
      keys.flatMap((key) => idIn('output', key)),
    ),
    persistence.findKnownJobs(db, [...new Set(keys.flatMap((key) => idIn('job', key)))]),
  ])
  const owners = new Map<string, Owned>()
  for (const { objectKey, status } of outputs) owners.set(objectKey, status === 'READY' ? 'living' : 'ended')
  for (const file of files) {
    const isEnded = file.status === 'DELETED' || file.status === 'REJECTED'
    owners.set(file.objectKey, isEnded ? 'ended' : file.status === 'UPLOADING' ? file : 'living')
  }
  return (key) => {
    const owner = owners.get(key)
    if (owner !== undefined) return owner
    // Of an attempt that runs, and then it is young, or of one that could not take it back.
    const [jobId] = idIn('job', key)
    return jobId !== undefined && jobs.has(jobId) ? 'ended' : 'nobody'
  }
}

/** The ids that are in an object's key: `workspaces/ws_…/files/file_…`, `workspaces/ws_…/jobs/job_…/2/out_…`. */
function idIn(kind: 'file', key: string): FileId[]
function idIn(kind: 'output', key: string): OutputId[]
function idIn(kind: 'job', key: string): JobId[]
function idIn(kind: 'file' | 'output' | 'job', key: string): string[] {
  return key.split('/').filter((part) => isId(kind, part))
}

/** It has wholly arrived and nobody said so: it is finished, never deleted. */
async function settleForgotten(platform: Platform, { workspaceId, uploadId }: ObjectOwner): Promise<void> {
  const upload = uploadId && (await persistence.findUpload(platform.database.db, workspaceId, uploadId))
  if (!upload || !upload.sizeKnown) return
  await settleUpload(platform, upload).catch((error: unknown) => {
    if (!(error instanceof AppError) || error.code === 'STORE_UNAVAILABLE') throw error
  })
}

const filesCursor = z.object({
  workspaceId: z.custom<WorkspaceId>((id) => isId('workspace', id)),
  before: z.custom<FileId>((id) => isId('file', id)).nullable(),
})

/**
 * The rows, against what is stored. The rows come first and the listing of their keys after it, so that a file which
 * arrives meanwhile is not taken for missing; what was not in the listing is asked for once more by name.
 */
async function sweepFiles(walk: Walk, sweep: SweepRow): Promise<SweepRow> {
  const { db } = walk.platform.database
  const at = sweep.cursor === null ? null : filesCursor.parse(JSON.parse(sweep.cursor))
  const workspaceId = at?.workspaceId ?? (await persistence.findNextWorkspace(db, null))
  if (workspaceId === undefined) return { ...sweep, stage: 'done', cursor: null }
  const rows = await persistence.listReadyFiles(db, workspaceId, { before: at?.before ?? null, limit: FILES_PER_PAGE })
  const last = rows.at(-1)
  if (!last) {
    const next = await persistence.findNextWorkspace(db, workspaceId)
    if (next === undefined) return { ...sweep, stage: 'done', cursor: null }
    return { ...sweep, cursor: JSON.stringify({ workspaceId: next, before: null }) }
  }
  const sizes = await storedSizes(walk, rows)
  const missing = rows.filter((row) => !sizes.has(row.objectKey))
  const damaged = rows.filter((row) => (sizes.get(row.objectKey) ?? row.sizeBytes) !== row.sizeBytes)
  const mended = rows.filter((row) => row.fault === 'missing' && sizes.get(row.objectKey) === row.sizeBytes)
  await persistence.setFileFault(db, idsOf(missing), 'missing')
  await persistence.setFileFault(db, idsOf(damaged), 'damaged')
  await persistence.setFileFault(db, idsOf(mended), null)
  return {
    ...sweep,
    filesMissing: sweep.filesMissing + missing.length,
    filesMended: sweep.filesMended + mended.length,
    cursor: JSON.stringify({ workspaceId, before: last.id }),
  }
}

/**
 * How large the objects of these rows are, as far as there are any. A listing tells a thousand in one request, where each
 * row would need its own. Listed is from the least key to the greatest, in the order of the store.
 */
async function storedSizes(
  { platform: { store }, signal }: Walk,
  rows: readonly StoredFile[],
): Promise<Map<string, number>> {
  const sizes = new Map<string, number>()
  const keys = rows.map((row) => row.objectKey).toSorted()
  const [least = '', greatest = ''] = [keys[0], keys.at(-1)]
  const prefix = least.slice(0, least.lastIndexOf('/') + 1)
  // Behind a key that is less by its last character, so that the least is listed too.
  let after: string | undefined = least.slice(0, -1)
  for (let listing = 0; listing < LISTINGS_PER_PAGE && after !== undefined; listing++) {
    signal.throwIfAborted()
    const { objects, isLast } = await store.listObjects(prefix, after)
    for (const object of objects) sizes.set(object.key, object.sizeBytes)
    const reached = objects.at(-1)?.key
    after = isLast || reached === undefined || reached >= greatest ? undefined : reached
  }
  for (const { objectKey } of rows) {
    if (sizes.has(objectKey)) continue
    signal.throwIfAborted()
    const object = await store.head(objectKey)
    if (object) sizes.set(objectKey, object.sizeBytes)
  }
  return sizes
}

function idsOf(rows: readonly StoredFile[]): FileId[] {
  return rows.map((row) => row.id)
}
