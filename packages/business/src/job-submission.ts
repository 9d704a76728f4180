import { createHash } from 'node:crypto'
import { AppError, isId, retryPolicyOf } from '@bellhop/model'
import type { FileId, JobId, JobKind, JobKindRegistry, JobPriority, UserId, WorkspaceId } from '@bellhop/model'
import { findFile, findJobByIdempotencyKey, insertJob, lockPredecessors } from '@bellhop/persistence'
import type { JobOrder, JobRow, Executor } from '@bellhop/persistence'
import { describeFaults } from './input-faults.ts'
import { withPreset } from './presets.ts'

export interface JobOrderRequest {
  /** Default: normal. */
  readonly priority?: JobPriority | undefined
  /** Not before so many milliseconds from now. */
  readonly delayMs?: number | undefined
  /** Not before these jobs of the same workspace are COMPLETED; when one of them is not to be, the job FAILS. */
  readonly after?: readonly JobId[] | undefined
}

export interface JobRequest extends JobOrderRequest {
  readonly workspaceId: WorkspaceId
  readonly createdBy: UserId
  readonly kind: string
  readonly input: unknown
  readonly idempotencyKey?: string | undefined
  /** Of the workspace; its settings hold where `input` says nothing. */
  readonly preset?: string | undefined
}

/**
 * Writes a job and queues it in the caller's transaction, so that it exists if and only if what caused it does. Where
 * nothing else belongs to it, and it waits for no others, none is needed: it is one statement.
 * The same idempotency key with the same request gives the same job.
 * @throws AppError UNKNOWN_JOB_KIND, PRESET_NOT_FOUND, JOB_INPUT_INVALID, JOB_NOT_FOUND, IDEMPOTENCY_CONFLICT
 */
export async function startJob(tx: Executor, kinds: JobKindRegistry, request: JobRequest): Promise<JobRow> {
  const { workspaceId, createdBy, idempotencyKey } = request
  const kind = knownKind(kinds, request)
  const input = parseInput(kind, await withPreset(tx, kind, request))
  const order = orderOf(request)
  const requestHash = hashOf(askedOf(kind, request, input), order)
  const before = await findHolder(tx, request, requestHash)
  if (before) return before
  const fileId = fileOf(input)
  if (fileId !== null) await requireReadyFile(tx, workspaceId, fileId)
  if (order.after.length > 0) await requireJobs(tx, workspaceId, order.after)
  const row = await insertJob(tx, {
    workspaceId,
    createdBy,
    kind: kind.name,
    kindVersion: kind.version,
    fileId,
    input,
    maxAttempts: retryPolicyOf(kind).tries,
    order,
    idempotency: idempotencyKey === undefined ? undefined : { key: idempotencyKey, requestHash },
  })
  const job = row ?? (await findHolder(tx, request, requestHash))
  if (!job) throw new Error('An idempotency key is taken and nobody holds it.')
  return job
}

function orderOf({ priority = 'normal', delayMs = 0, after = [] }: JobOrderRequest): JobOrder {
  return { priority, delayMs, after: [...new Set(after)].toSorted() }
}

/** What is compared when a key comes again: of a kind that may take a preset it is what was said, for a preset may change. */
function askedOf(kind: JobKind, { input, preset }: JobRequest, parsed: unknown): unknown[] {
  return kind.accepts || preset !== undefined ? [kind.name, input, preset ?? null] : [kind.name, parsed]
}

/** When and after what is part of a request. Where nothing is said, its hash is what it was before one could say it. */
function hashOf(request: readonly unknown[], { priority, delayMs, after }: JobOrder): string {
  const isUsual = priority === 'normal' && delayMs === 0 && after.length === 0
  const hashed = isUsual ? request : [...request, { priority, delayMs, after }]
  return createHash('sha256').update(JSON.stringify(hashed)).digest('hex')
}

async function requireJobs(tx: Executor, workspaceId: WorkspaceId, after: readonly JobId[]): Promise<void> {
  const found = new Set((await lockPredecessors(tx, workspaceId, after)).map(({ id }) => id))
  const missing = after.find((id) => !found.has(id))
  if (missing) throw new AppError('JOB_NOT_FOUND', `There is no job ${missing} in this workspace to wait for.`)
}

/** The job that this idempotency key has made before, or a conflict when it was for another request. */
async function findHolder(
  tx: Executor,
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

async function requireReadyFile(tx: Executor, workspaceId: WorkspaceId, fileId: FileId): Promise<void> {
  const file = await findFile(tx, workspaceId, fileId)
  if (!file) throw new AppError('FILE_NOT_FOUND')
  if (file.status !== 'READY') throw new AppError('FILE_NOT_READY')
}

function knownKind(kinds: JobKindRegistry, request: JobRequest): JobKind {
  const kind = kinds.kindOf(request.kind)
  if (kind) return kind
  const names = kinds.all.map(({ name }) => name)
  throw new AppError('UNKNOWN_JOB_KIND', `There is no job of kind \`${request.kind}\`; use one of ${names.join(', ')}.`)
}

function parseInput(kind: JobKind, input: unknown): unknown {
  const parsed = kind.input.safeParse(input)
  if (parsed.success) return parsed.data
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
