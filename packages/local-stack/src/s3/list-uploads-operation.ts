import { S3Error } from './errors.ts'
import { checksumElement } from './checksums.ts'
import { readCount, readQuery } from './list-objects-operation.ts'
import type { MultipartUpload } from './multipart-upload.ts'
import { quote } from './object-operations.ts'
import { toByteString } from './object-key.ts'
import type { Operation } from './operation.ts'
import { parameter } from './request.ts'
import { xmlResponse } from './response.ts'

const OWNER = { ID: 'owner', DisplayName: 'owner' }

export const listParts: Operation = async ({ store, request, bucketName, key }) => {
  const upload = store.get(bucketName).uploads.get(parameter(request, 'uploadId'), key)
  const maxParts = readCount(request, 'max-parts')
  const marker = Number(parameter(request, 'part-number-marker') ?? 0)
  if (!Number.isInteger(marker) || marker < 0)
    throw new S3Error('InvalidArgument', 'part-number-marker must be an integer.')
  const rest = [...upload.parts.values()]
    .filter(({ partNumber }) => partNumber > marker)
    .toSorted((left, right) => left.partNumber - right.partNumber)
  const page = rest.slice(0, maxParts)
  return xmlResponse('ListPartsResult', {
    Bucket: bucketName,
    Key: key,
    UploadId: upload.id,
    Initiator: OWNER,
    Owner: OWNER,
    StorageClass: 'STANDARD',
    ChecksumAlgorithm: upload.checksum?.algorithm,
    ChecksumType: upload.checksum?.type,
    PartNumberMarker: marker,
    NextPartNumberMarker: page.at(-1)?.partNumber ?? 0,
    MaxParts: maxParts,
    IsTruncated: rest.length > page.length,
    Part: page.map(({ partNumber, lastModified, etag, sizeBytes, checksum }) => ({
      PartNumber: partNumber,
      LastModified: lastModified,
      ETag: quote(etag),
      Size: sizeBytes,
      ...(checksum && { [checksumElement(checksum.algorithm)]: checksum.value }),
    })),
  })
}

export const listMultipartUploads: Operation = async ({ store, request, bucketName }) => {
  const query = readQuery(request, 'max-uploads')
  if (query.delimiter !== '') throw new S3Error('NotImplemented', 'Listing uploads by delimiter is not implemented.')
  const keyMarker = parameter(request, 'key-marker') ?? ''
  const idMarker = parameter(request, 'upload-id-marker') ?? ''
  const marker = position({ key: keyMarker, id: idMarker })
  const rest = store
    .get(bucketName)
    .uploads.all()
    .filter(({ key }) => key.startsWith(query.prefix))
    .filter((upload) => (idMarker === '' ? upload.key !== keyMarker : true) && position(upload) > marker)
    .toSorted((left, right) => (position(left) < position(right) ? -1 : 1))
  const page = rest.slice(0, query.maxKeys)
  const last = rest.length > page.length ? page.at(-1) : undefined
  return xmlResponse('ListMultipartUploadsResult', {
    Bucket: bucketName,
    KeyMarker: query.encode(keyMarker),
    UploadIdMarker: idMarker,
    NextKeyMarker: last && query.encode(last.key),
    NextUploadIdMarker: last?.id,
    Prefix: query.encode(query.prefix),
    EncodingType: query.encodingType,
    MaxUploads: query.maxKeys,
    IsTruncated: rest.length > page.length,
    Upload: page.map(({ key, id, initiated, checksum }) => ({
      Key: query.encode(key),
      UploadId: id,
      Initiator: OWNER,
      Owner: OWNER,
      StorageClass: 'STANDARD',
      Initiated: initiated,
      ChecksumAlgorithm: checksum?.algorithm,
      ChecksumType: checksum?.type,
    })),
  })
}

/** Sorts by the key's bytes, then by upload; no key's bytes hold the one in between at an end that would confuse them. */
function position({ key, id }: Pick<MultipartUpload, 'key' | 'id'>): string {
  return `${toByteString(key)}\u0000${id}`
}
