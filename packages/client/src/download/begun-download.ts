import type { Span } from './arrived.ts'

/** What a download leaves beside its bytes, so that the next one of the same object can go on. */
export interface BegunDownload {
  readonly id: string
  readonly etag: string
  readonly sizeBytes: number
  /** In order. */
  readonly arrived: readonly Span[]
}

export function writeBegunDownload(begun: BegunDownload): string {
  return `${JSON.stringify(begun)}\n`
}

/** Null for what this version did not write. */
export function readBegunDownload(text: string): BegunDownload | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  if (typeof value !== 'object' || value === null) return null
  const { id, etag, sizeBytes, arrived } = value as Record<keyof BegunDownload, unknown>
  if (typeof id !== 'string' || typeof etag !== 'string' || !isCount(sizeBytes) || !Array.isArray(arrived)) return null
  const spans: Span[] = []
  for (const span of arrived as unknown[]) {
    if (!Array.isArray(span) || span.length !== 2) return null
    const [from, to] = span as unknown[]
    if (!isCount(from) || !isCount(to) || from >= to || to > sizeBytes) return null
    spans.push([from, to])
  }
  return { id, etag, sizeBytes, arrived: spans }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
