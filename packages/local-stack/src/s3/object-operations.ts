import { verifiedBody } from './body.ts'
import type { Bucket } from './bucket.ts'
import { checksumHeader } from './checksums.ts'
import { isNotModified, isRangeWanted, writeCondition } from './conditions.ts'
import { S3Error } from './errors.ts'
import { MAX_PUT_BYTES } from './limits.ts'
import { keptHeaders, metadataHeaders, overriddenHeaders } from './object-headers.ts'
import { type ObjectRecord, slice } from './object-record.ts'
import type { HeldObject } from './object-records.ts'
import type { Operation } from './operation.ts'
import { type ByteRange, parseRange } from './range.ts'
import { parameter, type S3Request } from './request.ts'
import type { S3Response } from './response.ts'

export const putObject: Operation = async ({ store, request, bucketName, key }) => {
  const bucket = store.get(bucketName)
  const condition = writeCondition(request.headers)
  const kept = keptHeaders(request)
  // Before the bytes are taken, so that a write which cannot win costs nothing; the check that counts comes with the commit.
  if ('if-match' in request.headers || 'if-none-match' in request.headers) condition(await bucket.objects.read(key))
  const body = await verifiedBody(request, MAX_PUT_BYTES)
  const { blob, sizeBytes } = await bucket.blobs.write(body.chunks)
  const { md5, checksum } = body.digest()
  const record: ObjectRecord = {
    key,
    sizeBytes,
    etag: md5,
    lastModified: new Date().toISOString(),
    ...kept,
    ...(checksum && { checksum: { ...checksum, type: 'FULL_OBJECT' } }),
    segments: [{ blob, offset: 0, length: sizeBytes }],
  }
  await commit(bucket, record, condition)
  return { status: 200, headers: { etag: quote(md5), ...checksumHeaders(record) } }
}

export const getObject: Operation = async ({ store, request, bucketName, key }) => {
  const bucket = store.get(bucketName)
  const { record, release } = await held(bucket, key)
  try {
    const response = describe(request, record)
    const { start, end } = response.range ?? { start: 0, end: -1 }
    const body = response.range && bucket.blobs.read(slice(record, start, end))
    return { ...response, ...(body && { body }), release }
  } catch (error) {
    await release()
    throw error
  }
}

export const headObject: Operation = async ({ store, request, bucketName, key }) =>
  describe(request, await existing(store.get(bucketName), key))

export const deleteObject: Operation = async ({ store, request, bucketName, key }) => {
  const ifMatch = request.headers['if-match']
  const condition = ifMatch === undefined ? () => {} : writeCondition({ 'if-match': ifMatch })
  await store.get(bucketName).objects.remove(key, condition)
  return { status: 204 }
}

/** Makes the object visible. A refusal takes its blobs away; after another failure it may be visible, so they stay. */
export async function commit(
  bucket: Bucket,
  record: ObjectRecord,
  condition: (current?: ObjectRecord) => void,
): Promise<void> {
  try {
    await bucket.objects.replace(record, condition)
  } catch (error) {
    if (error instanceof S3Error) await bucket.blobs.remove(record.segments.map(({ blob }) => blob))
    throw error
  }
}

/** Throws `NoSuchKey`. */
export async function held(bucket: Bucket, key: string): Promise<HeldObject> {
  const object = await bucket.objects.hold(key)
  if (!object) throw new S3Error('NoSuchKey')
  return object
}

async function existing(bucket: Bucket, key: string): Promise<ObjectRecord> {
  const record = await bucket.objects.read(key)
  if (!record) throw new S3Error('NoSuchKey')
  return record
}

export function quote(etag: string): string {
  return `"${etag}"`
}

export function checksumHeaders({ checksum }: Pick<ObjectRecord, 'checksum'>): Record<string, string> {
  if (!checksum) return {}
  return { [checksumHeader(checksum.algorithm)]: checksum.value, 'x-amz-checksum-type': checksum.type }
}

/** Status and headers of an answer about the object; `range` says which bytes go with it, if any do. */
function describe(request: S3Request, record: ObjectRecord): S3Response & { range?: ByteRange } {
  const { headers } = request
  const lastModified = new Date(record.lastModified).toUTCString()
  if (isNotModified(headers, record)) {
    return { status: 304, headers: { etag: quote(record.etag), 'last-modified': lastModified } }
  }
  const part = partRange(request, record)
  const partial = part ?? (isRangeWanted(headers, record) ? parseRange(headers['range'], record.sizeBytes) : undefined)
  const range = partial ?? { start: 0, end: record.sizeBytes - 1 }
  const isWhole = range.end - range.start + 1 === record.sizeBytes
  const showsChecksum = headers['x-amz-checksum-mode']?.toUpperCase() === 'ENABLED' && isWhole
  return {
    status: partial ? 206 : 200,
    headers: {
      ...record.headers,
      ...metadataHeaders(record.metadata),
      ...overriddenHeaders(request),
      ...(showsChecksum && checksumHeaders(record)),
      ...(part && { 'x-amz-mp-parts-count': String(record.partSizes?.length ?? 1) }),
      ...(partial && { 'content-range': `bytes ${range.start}-${range.end}/${record.sizeBytes}` }),
      'accept-ranges': 'bytes',
      // No key can make a store say it, so this one always does: what is stored is what it is called, and nothing else.
      'x-content-type-options': 'nosniff',
      'content-length': String(range.end - range.start + 1),
      etag: quote(record.etag),
      'last-modified': lastModified,
    },
    range,
  }
}

/** `?partNumber=n` reads a part of what was uploaded in parts. */
function partRange(request: S3Request, record: ObjectRecord): ByteRange | undefined {
  const text = parameter(request, 'partNumber')
  if (text === undefined) return undefined
  const sizes = record.partSizes ?? [record.sizeBytes]
  const index = Number(text) - 1
  const size = sizes[index]
  if (size === undefined || request.headers['range'] !== undefined) {
    throw new S3Error('InvalidRange', 'The requested part number is not satisfiable.')
  }
  const start = sizes.slice(0, index).reduce((sum, each) => sum + each, 0)
  return { start, end: start + size - 1 }
}
