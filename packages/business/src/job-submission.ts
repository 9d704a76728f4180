import { createHash } from 'node:crypto'
import { AppError, JOB_RETRIES, isId } from '@bellhop/model'
import type { FileId, JobKind, JobKindRegistry, UserId, WorkspaceId } from '@bellhop/model'
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
export async function startJob(tx: Transaction, kinds: JobKindRegistry, request: JobRequest): Promise<JobRow> {
  const { workspaceId, createdBy, idempotencyKey } = request
  const { kind, input } = parseRequest(kinds, request)
  const requestHash = createHash('sha256')
    .update(JSON.stringify([kind.name, input]))
    .digest('hex')
  const before = await findHolder(tx, request, requestHash)
  if (before) return before
  const fileId = fileOf(input)
  if (fileId !== null) await requireReadyFile(tx, workspaceId, fileId)
  const row = await insertJob(tx, {
    workspaceId,
    createdBy,
    kind: kind.name,
    kindVersion: kind.version,
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

function parseRequest(kinds: JobKindRegistry, request: JobRequest): { kind: JobKind; input: unknown } {
  const kind = kinds.kindOf(request.kind)
  if (!kind) {
    const names = kinds.all.map(({ name }) => name)
    throw new AppError(
      'UNKNOWN_JOB_KIND',
      `There is no job of kind \`${request.kind}\`; use one of ${names.join(', ')}.`,
    )
  }
  const parsed = kind.input.safeParse(request.input)
  if (parsed.success) return { kind, input: parsed.data }
  const faults = describeFaults(parsed.error)
  throw new AppError('JOB_INPUT_INVALID', `The input does not fit ${kind.name}. ${faults.join(' ')}`, {
    details: { faults },
  })
}

/** The file that a job is about, where its input names one. */
function fileOf(input: unknown): FileId | null {
  return typeof input === 'object' && input !== null && 'fileId' in input && isId('file', input.fileId)
    ? input.fileId
    : null
}
