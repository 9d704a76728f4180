import type { Bucket } from './bucket.ts'
import { isNotModified, writeCondition } from './conditions.ts'
import { S3Error } from './errors.ts'
import { MAX_PUT_BYTES } from './limits.ts'
import { keptHeaders } from './object-headers.ts'
import { isValidKeyLength } from './object-key.ts'
import { commit, held, quote } from './object-operations.ts'
import type { ObjectRecord } from './object-record.ts'
import type { Operation, OperationContext } from './operation.ts'
import { parseTarget } from './request-target.ts'
import { type S3Response, xmlResponse } from './response.ts'

export const copyObject: Operation = async (context) => withCopySource(context, async (source) => copy(context, source))

async function copy({ store, request, bucketName, key }: OperationContext, source: CopySource): Promise<S3Response> {
  const bucket = store.get(bucketName)
  if (source.record.sizeBytes > MAX_PUT_BYTES) {
    throw new S3Error(
      'InvalidRequest',
      'The specified copy source is larger than the maximum allowable size for a copy source: 5 GiB.',
    )
  }
  const directive = request.headers['x-amz-metadata-directive'] ?? 'COPY'
  if (directive !== 'COPY' && directive !== 'REPLACE')
    throw new S3Error('InvalidArgument', 'Unknown metadata directive.')
  const isSelf = source.bucket === bucket && source.record.key === key
  if (isSelf && directive === 'COPY') {
    throw new S3Error(
      'InvalidRequest',
      'This copy request is illegal because it copies an object to itself without changing its metadata.',
    )
  }
  const condition = writeCondition(request.headers)
  const kept = keptHeaders(request)
  const { uploadId: _, ...record } = source.record
  const made: ObjectRecord = {
    ...record,
    key,
    lastModified: new Date().toISOString(),
    ...(directive === 'REPLACE' && kept),
    segments: await duplicateSegments(source, bucket),
  }
  await commit(bucket, made, condition)
  return xmlResponse('CopyObjectResult', { ETag: quote(made.etag), LastModified: made.lastModified })
}

export type CopySource = { bucket: Bucket; record: ObjectRecord }

/** Works on the object that `x-amz-copy-source` names, if its conditions hold, and holds it meanwhile. */
export async function withCopySource<T>(
  { store, request }: OperationContext,
  work: (source: CopySource) => Promise<T>,
): Promise<T> {
  const text = request.headers['x-amz-copy-source'] ?? ''
  const { bucket: name, key, query } = parseTarget(text.startsWith('/') ? text : `/${text}`)
  if (name === undefined || key === undefined || !isValidKeyLength(key)) {
    throw new S3Error('InvalidArgument', 'Copy Source must mention the source bucket and key: sourcebucket/sourcekey.')
  }
  if (Object.keys(query).length > 0) throw new S3Error('NotImplemented')
  const bucket = store.get(name)
  const { record, release } = await held(bucket, key)
  try {
    if (isNotModified(request.headers, record, 'x-amz-copy-source-')) throw new S3Error('PreconditionFailed')
    return await work({ bucket, record })
  } finally {
    await release()
  }
}

async function duplicateSegments({ bucket: from, record }: CopySource, to: Bucket): Promise<ObjectRecord['segments']> {
  const segments: ObjectRecord['segments'] = []
  try {
    for (const segment of record.segments) {
      segments.push({ ...segment, blob: await from.blobs.duplicate(segment.blob, to.blobs) })
    }
    return segments
  } catch (error) {
    await to.blobs.remove(segments.map(({ blob }) => blob))
    throw error
  }
}
