import { createHash } from 'node:crypto'
import { completeUpload, startUpload } from '@bellhop/business'
import type { Context } from '@bellhop/business'
import type { CompletedUpload, SignedRequest } from '@bellhop/model'

/** Sends `bytes` with a key, as a client does. */
export function put(request: SignedRequest, bytes: Uint8Array<ArrayBuffer>): Promise<Response> {
  return fetch(request.url, { method: request.method, headers: request.headers, body: bytes })
}

/** A small file, from start to READY. */
export async function uploadBytes(
  ctx: Context,
  name: string,
  content: string | Uint8Array<ArrayBuffer>,
  options: { mediaType?: string; tags?: string[]; startJobs?: boolean } = {},
): Promise<CompletedUpload> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const plan = await startUpload(ctx, { name, sizeBytes: bytes.length, sha256, ...options })
  if (plan.mode !== 'single') throw new Error('This is for files that go up in one PUT.')
  const answer = await put(plan.put, bytes)
  if (!answer.ok) throw new Error(`The store refused the PUT: ${answer.status} ${await answer.text()}`)
  return completeUpload(ctx, { uploadId: plan.uploadId })
}
