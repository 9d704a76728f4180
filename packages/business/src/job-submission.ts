import { createHash } from 'node:crypto'
import { AppError, JOB_KINDS, JOB_RETRIES, isJobKindName } from '@bellhop/model'
import type { FileId, JobKindName, UserId, WorkspaceId } from '@bellhop/model'
import { findFile, findJobByIdempotencyKey, insertJob } from '@bellhop/persistence'
import type { JobRow, Transaction } from '@bellhop/persistence'
import { describeFaults } from './input-faults.ts'

export interface JobRequest {
  readonly workspaceId: WorkspaceId
  readonly createdBy: UserId
  readonly kind: string
  readonly input: unknown
  readonly idempotencyKey?: string | undefined
}

/**
 * Writes a job and queues it in the caller's transaction, so that it exists if and only if what caused it does.
 * The same idempotency key with the same request gives the same job.
 * @throws AppError UNKNOWN_JOB_KIND, JOB_INPUT_INVALID, IDEMPOTENCY_CONFLICT
 */
export async function startJob(tx: Transaction, request: JobRequest): Promise<JobRow> {
  const { workspaceId, createdBy, idempotencyKey } = request
  const { kind, input } = parseRequest(request)
  const requestHash = createHash('sha256')
    .update(JSON.stringify([kind, input]))
    .digest('hex')
  const before = await findHolder(tx, request, requestHash)
  if (before) return before
  const fileId = fileOf(input)
  if (fileId !== null) await requireReadyFile(tx, workspaceId, fileId)
  const row = await insertJob(tx, {
    workspaceId,
    createdBy,
    kind,
    kindVersion: JOB_KINDS[kind].version,
    fileId,
    input,
    maxAttempts: JOB_RETRIES.maxAttempts,
    idempotency: idempotencyKey === undefined ? undefined : { key: idempotencyKey, requestHash },
  })
  const job = row ?? (await findHolder(tx, request, requestHash))
  if (!job) throw new Error('An idempotency key is taken and nobody holds it.')
  return job
}

/** The job that this idempotency key has made before, or a conflict when it was for another request. */
async function findHolder(
  tx: Transaction,
  { workspaceId, idempotencyKey }: JobRequest,
  requestHash: string,
): Promise<JobRow | undefined> {
  if (idempotencyKey === undefined) return undefined
  const holder = await findJobByIdempotencyKey(tx, workspaceId, idempotencyKey)
  if (holder && holder.requestHash !== requestHash) {
    throw new AppError('IDEMPOTENCY_CONFLICT', undefined, { details: { jobId: holder.id } })
  }
  return holder
}

async function requireReadyFile(tx: Transaction, workspaceId: WorkspaceId, fileId: FileId): Promise<void> {
  const file = await findFile(tx, workspaceId, fileId)
  if (!file) throw new AppError('FILE_NOT_FOUND')
  if (file.status !== 'READY') throw new AppError('FILE_NOT_READY')
}

function parseRequest({ kind, input }: JobRequest): { kind: JobKindName; input: unknown } {
  if (!isJobKindName(kind)) {
    throw new AppError(
      'UNKNOWN_JOB_KIND',
      `There is no job of kind \`${kind}\`; use one of ${Object.keys(JOB_KINDS).join(', ')}.`,
    )
  }
  const parsed = JOB_KINDS[kind].input.safeParse(input)
  if (parsed.success) return { kind, input: parsed.data }
  const faults = describeFaults(parsed.error)
  throw new AppError('JOB_INPUT_INVALID', `The input does not fit ${kind}. ${faults.join(' ')}`, {
    details: { faults },
  })
}

/** The file that a job is about, where its input names one. */
function fileOf(input: unknown): FileId | null {
  return typeof input === 'object' && input !== null && 'fileId' in input ? (input.fileId as FileId) : null
}
