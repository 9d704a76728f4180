import { createHash } from 'node:crypto'
import { readText, sentChecksum } from './body.ts'
import { checksumElement } from './checksums.ts'
import { combineChecksums } from './combined-checksum.ts'
import { unquote, writeCondition } from './conditions.ts'
import { S3Error } from './errors.ts'
import { MAX_OBJECT_BYTES, MAX_PART_NUMBER, MIN_PART_BYTES } from './limits.ts'
import type { MultipartUpload, Part } from './multipart-upload.ts'
import { checksumHeaders, quote } from './object-operations.ts'
import { blobsOf, type ObjectRecord } from './object-record.ts'
import type { Operation } from './operation.ts'
import { parameter, type S3Request } from './request.ts'
import { xmlResponse } from './response.ts'
import { isRecord, parseXml } from './xml.ts'

// 10,000 parts with an ETag and a checksum each are about 3 MB.
const MAX_DOCUMENT_BYTES = 8 * 1024 * 1024

type ListedPart = { partNumber: number; etag: string; element: Record<string, unknown> }

export const completeMultipartUpload: Operation = async ({ store, request, bucketName, key }) => {
  const { uploads, objects } = store.get(bucketName)
  const condition = writeCondition(request.headers)
  const upload = uploads.get(parameter(request, 'uploadId'), key)
  const document = parseXml(await readText(request, MAX_DOCUMENT_BYTES), 'CompleteMultipartUpload')
  const listed = parseParts(document['Part'])
  let record: ObjectRecord | undefined
  await uploads.complete(upload, async () => {
    record = assemble(upload, choose(upload, listed), request)
    await objects.replace(record, condition)
    return new Set(blobsOf(record))
  })
  const { etag, checksum } = record ?? { etag: '' }
  return xmlResponse(
    'CompleteMultipartUploadResult',
    {
      Location: `http://${request.headers['host']}${request.target.canonicalPath}`,
      Bucket: bucketName,
      Key: key,
      ETag: quote(etag),
      ...(checksum && { [checksumElement(checksum.algorithm)]: checksum.value, ChecksumType: checksum.type }),
    },
    checksumHeaders({ checksum }),
  )
}

function parseParts(elements: unknown): ListedPart[] {
  if (!Array.isArray(elements) || elements.length > MAX_PART_NUMBER) throw new S3Error('MalformedXML')
  const parts = elements.map((element: unknown) => {
    const { PartNumber: number, ETag: etag } = isRecord(element) ? element : {}
    if (!isRecord(element) || typeof number !== 'string' || typeof etag !== 'string') throw new S3Error('MalformedXML')
    return { partNumber: Number(number), etag: unquote(etag), element }
  })
  const isAscending = parts.every(({ partNumber }, at) => at === 0 || partNumber > (parts[at - 1]?.partNumber ?? 0))
  if (!isAscending) throw new S3Error('InvalidPartOrder')
  return parts
}

/** The parts that the client lists, if they are here as it says. Parts that it does not list are dropped. */
function choose(upload: MultipartUpload, listed: ListedPart[]): Part[] {
  return listed.map(({ partNumber, etag, element }, at) => {
    const part = upload.parts.get(partNumber)
    if (!part || part.etag !== etag) throw new S3Error('InvalidPart')
    if (part.sizeBytes < MIN_PART_BYTES && at < listed.length - 1) throw new S3Error('EntityTooSmall')
    const { checksum } = part
    const claimed = checksum && element[checksumElement(checksum.algorithm)]
    if (claimed !== undefined && claimed !== checksum?.value) throw new S3Error('InvalidPart')
    if (claimed === undefined && upload.checksum?.type === 'COMPOSITE') {
      throw new S3Error(
        'InvalidRequest',
        `The upload was created using a ${upload.checksum.algorithm} checksum. The complete request must include the checksum for each part.`,
      )
    }
    return part
  })
}

function assemble(upload: MultipartUpload, parts: Part[], request: S3Request): ObjectRecord {
  const sizeBytes = parts.reduce((sum, part) => sum + part.sizeBytes, 0)
  if (sizeBytes > MAX_OBJECT_BYTES) throw new S3Error('EntityTooLarge')
  const promisedSize = request.headers['x-amz-mp-object-size']
  if (promisedSize !== undefined && Number(promisedSize) !== sizeBytes) {
    throw new S3Error(
      'InvalidRequest',
      `The provided x-amz-mp-object-size does not match the size of the object: ${sizeBytes}.`,
    )
  }
  const checksum = wholeChecksum(upload, parts)
  const promised = sentChecksum(request.headers)
  if (promised && (promised.algorithm !== checksum?.algorithm || promised.value !== checksum.value)) {
    throw new S3Error(
      'BadDigest',
      `The ${promised.algorithm} that you specified did not match the calculated checksum.`,
    )
  }
  const md5 = createHash('md5')
  for (const { etag } of parts) md5.update(etag, 'hex')
  return {
    key: upload.key,
    sizeBytes,
    etag: `${md5.digest('hex')}-${parts.length}`,
    lastModified: new Date().toISOString(),
    headers: upload.headers,
    metadata: upload.metadata,
    ...(checksum && { checksum }),
    uploadId: upload.id,
    segments: parts.map(({ blob, sizeBytes: length }) => ({ blob, offset: 0, length })),
    partSizes: parts.map((part) => part.sizeBytes),
  }
}

function wholeChecksum({ checksum }: MultipartUpload, parts: Part[]): ObjectRecord['checksum'] {
  if (!checksum) return undefined
  const { algorithm, type } = checksum
  const values = parts.map((part) => ({ size: part.sizeBytes, value: part.checksum?.value ?? '' }))
  return { algorithm, type, value: combineChecksums(algorithm, type, values) }
}
