import { createHash, randomBytes } from 'node:crypto'
import { signParts, startUpload } from '@bellhop/business'
import type { Context } from '@bellhop/business'
import type { StoreReport, UploadPlan } from '@bellhop/model'
import { findUpload, saveStoreReport } from '@bellhop/persistence'
import type { UploadRow } from '@bellhop/persistence'
import { put } from '@bellhop/testkit'
import type { TestPlatform } from '@bellhop/testkit'

export type MultipartPlan = Extract<UploadPlan, { mode: 'multipart' }>

/** An upload in parts, as a client has it. */
export interface PartUpload {
  readonly plan: MultipartPlan
  /** What to complete it with. */
  readonly ends: { readonly uploadId: MultipartPlan['uploadId']; readonly sizeBytes: number }
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly partCount: number
  /** As the store answered the parts that were sent, in their order. */
  readonly etags: readonly string[]
  slice(number: number): Uint8Array<ArrayBuffer>
  /** Signs and sends these parts, each with its hash unless told otherwise; all of them without an argument. */
  send(numbers?: readonly number[], options?: { hashed?: boolean; as?: Uint8Array<ArrayBuffer> }): Promise<void>
}

/** A stream of unknown length: the way to an upload in parts that has few bytes, for its last part may be of any size. */
export function startStream(ctx: Context, sizeBytes: number, options: { hashed?: boolean } = {}): Promise<PartUpload> {
  return startParts(ctx, sizeBytes, { ...options, isStream: true })
}

export async function startParts(
  ctx: Context,
  sizeBytes: number,
  { hashed = true, isStream = false }: { hashed?: boolean; isStream?: boolean } = {},
): Promise<PartUpload> {
  const bytes = new Uint8Array(randomBytes(sizeBytes))
  // Of random bytes, so that they are of no type that could be told from them.
  bytes[0] = 0
  const partSizeBytes = isStream ? 16 * 1024 * 1024 : 8 * 1024 * 1024
  const slice = (number: number) => bytes.slice((number - 1) * partSizeBytes, number * partSizeBytes)
  const part = (number: number, isHashed: boolean) => ({
    number,
    ...(isHashed ? { sha256: sha256(slice(number)) } : {}),
    ...(isStream ? { sizeBytes: slice(number).length } : {}),
  })
  const plan = await startUpload(ctx, {
    name: 'parts.bin',
    sizeBytes: isStream ? null : sizeBytes,
    startJobs: false,
    ...(sizeBytes > 0 ? { parts: [part(1, hashed)] } : {}),
  })
  if (plan.mode !== 'multipart' || plan.partSizeBytes !== partSizeBytes) throw new Error('Expected parts.')
  const partCount = Math.ceil(sizeBytes / partSizeBytes)
  const etags: string[] = []
  return {
    plan,
    ends: { uploadId: plan.uploadId, sizeBytes },
    bytes,
    partCount,
    etags,
    slice,
    async send(numbers = Array.from({ length: partCount }, (_, index) => index + 1), options = {}) {
      const parts = numbers.map((number) => part(number, options.hashed ?? hashed))
      for (const { number, request } of await signParts(ctx, { uploadId: plan.uploadId, parts })) {
        const answer = await put(request, options.as ?? slice(number))
        if (!answer.ok) throw new Error(`The store refused part ${number}: ${answer.status} ${await answer.text()}`)
        etags[number - 1] = answer.headers.get('etag') ?? ''
      }
    },
  }
}

export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** The row of an upload, which must be there. */
export async function rowOf(ctx: Context, { uploadId }: Pick<UploadPlan, 'uploadId'>): Promise<UploadRow> {
  const row = await findUpload(ctx.platform.database.db, ctx.caller.workspaceId, uploadId)
  if (!row) throw new Error('There is no such upload.')
  return row
}

/** As if the doctor had found out that the store keeps this and no more. Before the first upload of the platform. */
export async function reportBinding({ platform }: TestPlatform, binding: StoreReport['binding']): Promise<void> {
  const { endpoint, bucket } = platform.settings.objectStore
  const payloadHash = {
    name: 'payload-sha256',
    state: binding === 'none' ? 'amber' : 'green',
    found: 'As the test says.',
    fix: null,
  } as const
  await saveStoreReport(platform.database.db, platform.settings.objectStore, {
    endpoint,
    publicEndpoint: endpoint,
    bucket,
    checkedAt: new Date().toISOString(),
    isBindingSeen: true,
    binding,
    checks: [payloadHash],
  })
}
