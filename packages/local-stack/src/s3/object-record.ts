import type { Segment } from './blobs.ts'
import type { Checksum, ChecksumType } from './checksums.ts'

/** What is kept of an object, as a JSON file of its own; replacing that file is what makes a new object visible. */
export type ObjectRecord = {
  key: string
  sizeBytes: number
  /** Without quotes: the MD5 of the bytes, or of the parts' MD5s and `-` and their number. */
  etag: string
  /** ISO 8601. */
  lastModified: string
  /** The standard headers that are kept and given back, such as content-type. */
  headers: Record<string, string>
  /** `x-amz-meta-*` without the prefix. */
  metadata: Record<string, string>
  checksum?: Checksum & { type: ChecksumType }
  /** The multipart upload that this object came from. */
  uploadId?: string
  segments: Segment[]
  /** One or more segments belong to a part; this says how many bytes each part has. */
  partSizes?: number[]
}

export function blobsOf(record: ObjectRecord | undefined): string[] {
  return record?.segments.map(({ blob }) => blob) ?? []
}

/** The bytes from `start` to `end`, both included, as segments. */
export function slice({ segments }: ObjectRecord, start: number, end: number): Segment[] {
  const slices: Segment[] = []
  let position = 0
  for (const { blob, offset, length } of segments) {
    const from = Math.max(start - position, 0)
    const until = Math.min(end + 1 - position, length)
    if (from < until) slices.push({ blob, offset: offset + from, length: until - from })
    position += length
  }
  return slices
}
