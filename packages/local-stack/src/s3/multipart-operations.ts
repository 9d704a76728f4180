import { ownBody, verifiedBody, type VerifiedBody } from './body.ts'
import type { Bucket } from './bucket.ts'
import { asChecksumAlgorithm, checksumHeader, type ChecksumType } from './checksums.ts'
import { defaultChecksumType, isPossibleType } from './combined-checksum.ts'
import { withCopySource } from './copy-operations.ts'
import { S3Error } from './errors.ts'
import { MAX_PART_NUMBER, MAX_PUT_BYTES } from './limits.ts'
import type { MultipartUpload, Part, UploadInfo } from './multipart-upload.ts'
import { keptHeaders } from './object-headers.ts'
import { quote } from './object-operations.ts'
import { slice } from './object-record.ts'
import type { Operation, OperationContext } from './operation.ts'
import { parseRange } from './range.ts'
import { parameter, type S3Request } from './request.ts'
import { xmlResponse } from './response.ts'

export const createMultipartUpload: Operation = async ({ store, request, bucketName, key }) => {
  const checksum = requestedChecksum(request)
  const upload = await store.get(bucketName).uploads.create({
    key,
    initiated: request.receivedAt.toISOString(),
    ...keptHeaders(request),
    ...(checksum && { checksum }),
  })
  const headers = checksum && {
    'x-amz-checksum-algorithm': checksum.algorithm,
    'x-amz-checksum-type': checksum.type,
  }
  return xmlResponse('InitiateMultipartUploadResult', { Bucket: bucketName, Key: key, UploadId: upload.id }, headers)
}

export const uploadPart: Operation = async (context) => {
  const { bucket, upload, partNumber } = openPart(context)
  const body = await verifiedBody(context.request, MAX_PUT_BYTES, upload.checksum?.algorithm)
  const part = await storePart(bucket, upload, partNumber, body)
  const { checksum } = part
  return {
    status: 200,
    headers: { etag: quote(part.etag), ...(checksum && { [checksumHeader(checksum.algorithm)]: checksum.value }) },
  }
}

export const uploadPartCopy: Operation = async (context) =>
  withCopySource(context, async ({ bucket: from, record }) => {
    const { bucket, upload, partNumber } = openPart(context)
    const text = context.request.headers['x-amz-copy-source-range']
    const whole = { start: 0, end: record.sizeBytes - 1 }
    const range = text === undefined ? whole : parseRange(text, record.sizeBytes)
    if (!range) {
      throw new S3Error('InvalidArgument', 'The x-amz-copy-source-range value must be of the form bytes=first-last.')
    }
    const length = range.end - range.start + 1
    if (length > MAX_PUT_BYTES) throw new S3Error('EntityTooLarge')
    const bytes = from.blobs.read(slice(record, range.start, range.end))
    const part = await storePart(bucket, upload, partNumber, await ownBody(bytes, length, upload.checksum?.algorithm))
    return xmlResponse('CopyPartResult', { ETag: quote(part.etag), LastModified: part.lastModified })
  })

export const abortMultipartUpload: Operation = async ({ store, request, bucketName, key }) => {
  const { uploads } = store.get(bucketName)
  await uploads.abort(uploads.get(parameter(request, 'uploadId'), key))
  return { status: 204 }
}

function openPart({ store, request, bucketName, key }: OperationContext): {
  bucket: Bucket
  upload: MultipartUpload
  partNumber: number
} {
  const bucket = store.get(bucketName)
  const upload = bucket.uploads.get(parameter(request, 'uploadId'), key)
  const text = parameter(request, 'partNumber') ?? ''
  const partNumber = /^\d{1,6}$/.test(text) ? Number(text) : 0
  if (partNumber < 1 || partNumber > MAX_PART_NUMBER) {
    throw new S3Error('InvalidArgument', `Part number must be an integer between 1 and ${MAX_PART_NUMBER}, inclusive.`)
  }
  return { bucket, upload, partNumber }
}

async function storePart(
  bucket: Bucket,
  upload: MultipartUpload,
  partNumber: number,
  body: VerifiedBody,
): Promise<Part> {
  const { blob, sizeBytes } = await bucket.blobs.write(body.chunks)
  const { md5, checksum } = body.digest()
  const lastModified = new Date().toISOString()
  const part = { partNumber, blob, sizeBytes, etag: md5, lastModified, ...(checksum && { checksum }) }
  await bucket.uploads.addPart(upload, part)
  return part
}

function requestedChecksum({ headers }: S3Request): UploadInfo['checksum'] {
  const name = headers['x-amz-checksum-algorithm']
  const typeName = headers['x-amz-checksum-type']
  if (name === undefined) {
    if (typeName !== undefined)
      throw new S3Error('InvalidRequest', 'x-amz-checksum-type needs x-amz-checksum-algorithm.')
    return undefined
  }
  const algorithm = asChecksumAlgorithm(name)
  if (!algorithm) throw new S3Error('InvalidRequest', `Checksum algorithm ${name} is not supported.`)
  const type = typeName === undefined ? defaultChecksumType(algorithm) : asType(typeName)
  if (!isPossibleType(algorithm, type)) {
    throw new S3Error(
      'InvalidRequest',
      `The ${type} checksum type cannot be used with the ${algorithm} checksum algorithm.`,
    )
  }
  return { algorithm, type }
}

function asType(name: string): ChecksumType {
  if (name === 'FULL_OBJECT' || name === 'COMPOSITE') return name
  throw new S3Error('InvalidRequest', `Checksum type ${name} is not supported.`)
}
