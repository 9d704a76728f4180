import type { PutAnswer } from './platform.ts'

/** S3 refuses with a short XML body; one field of it is wanted. */
const CODE = /<Code>([A-Za-z0-9]{1,64})<\/Code>/
const MAX_RETRY_AFTER_MS = 30_000

export function putAnswer(
  status: number,
  body: string,
  { etag = null, retryAfter = null }: { etag?: string | null | undefined; retryAfter?: string | null | undefined },
): PutAnswer {
  const seconds = Number(retryAfter)
  return {
    status,
    // Some stores send an empty one, which names nothing.
    etag: etag || null,
    code: CODE.exec(body)?.[1] ?? null,
    retryAfterMs:
      retryAfter && Number.isFinite(seconds) ? Math.min(MAX_RETRY_AFTER_MS, Math.max(0, seconds * 1000)) : null,
  }
}
