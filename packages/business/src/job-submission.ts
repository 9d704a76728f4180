import { createHash } from 'node:crypto'
import { AppError, JOB_KINDS, JOB_RETRIES, isJobKindName } from '@bellhop/model'
import type { FileId, JobKindName, UserId, WorkspaceId } from '@bellhop/model'
import { findJobByIdempotencyKey, insertJob } from '@bellhop/persistence'
import type { JobRow, Transaction } from '@bellhop/persistence'

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
  const row = await insertJob(tx, {
    workspaceId,
    createdBy,
    kind,
    kindVersion: JOB_KINDS[kind].version,
    fileId: fileOf(input),
    input,
    maxAttempts: JOB_RETRIES.maxAttempts,
    idempotency: idempotencyKey === undefined ? undefined : { key: idempotencyKey, requestHash },
  })
  if (row) return row
  const existing = await findJobByIdempotencyKey(tx, workspaceId, idempotencyKey ?? '')
  if (existing?.requestHash !== requestHash) {
    throw new AppError(
      'IDEMPOTENCY_CONFLICT',
      'This idempotency key was used for another request; use a new key for a new request.',
      {
        details: { jobId: existing?.id },
      },
    )
  }
  return existing
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
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'input'}: ${message}`)
  throw new AppError('JOB_INPUT_INVALID', `The input does not fit ${kind}. ${faults.join(' ')}`, {
    details: { faults },
  })
}

/** The file that a job is about, where its input names one. */
export function fileOf(input: unknown): FileId | null {
  return typeof input === 'object' && input !== null && 'fileId' in input ? (input.fileId as FileId) : null
}
