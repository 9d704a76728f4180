import type { Bucket } from './bucket.ts'
import { S3Error } from './errors.ts'
import { MAX_PAGE } from './limits.ts'
import { fromByteString, toByteString } from './object-key.ts'
import { quote } from './object-operations.ts'
import type { Operation } from './operation.ts'
import { encode } from './request-target.ts'
import { parameter, type S3Request } from './request.ts'
import { xmlResponse } from './response.ts'

// The least text after a key, and one that is greater than whatever begins with a prefix: UTF-8 has no byte 255.
const AFTER_KEY = '\u0000'
const AFTER_PREFIX = '\u00ff'

export const listObjectsV2: Operation = async ({ store, request, bucketName }) => {
  const bucket = store.get(bucketName)
  const query = readQuery(request)
  const token = parameter(request, 'continuation-token')
  const startAfter = parameter(request, 'start-after')
  const start = token === undefined ? afterKey(startAfter) : decodeToken(token)
  const page = await readPage(bucket, query, start)
  return xmlResponse('ListBucketResult', {
    ...shared(bucketName, query, page),
    KeyCount: page.contents.length + page.prefixes.length,
    ContinuationToken: token,
    StartAfter: startAfter === undefined ? undefined : query.encode(startAfter),
    NextContinuationToken: page.next === undefined ? undefined : Buffer.from(page.next, 'latin1').toString('base64url'),
  })
}

/** The first version of the listing, which some tools still speak. */
export const listObjectsV1: Operation = async ({ store, request, bucketName }) => {
  const bucket = store.get(bucketName)
  const query = readQuery(request)
  const marker = parameter(request, 'marker') ?? ''
  const isPrefix = query.delimiter !== '' && marker.endsWith(query.delimiter) && marker.startsWith(query.prefix)
  const start = isPrefix ? toByteString(marker) + AFTER_PREFIX : afterKey(marker)
  const page = await readPage(bucket, query, start)
  const last = page.next === undefined ? undefined : fromByteString(page.next.slice(0, -1))
  return xmlResponse('ListBucketResult', {
    ...shared(bucketName, query, page),
    Marker: query.encode(marker),
    NextMarker: last === undefined ? undefined : query.encode(last),
  })
}

export type ListQuery = {
  prefix: string
  delimiter: string
  maxKeys: number
  encodingType: string | undefined
  encode: (text: string) => string
}

/** Throws `InvalidArgument`. */
export function readQuery(request: S3Request, maxParameter = 'max-keys'): ListQuery {
  const encodingType = parameter(request, 'encoding-type')
  if (encodingType !== undefined && encodingType !== 'url')
    throw new S3Error('InvalidArgument', 'Invalid Encoding Method specified in Request.')
  return {
    prefix: parameter(request, 'prefix') ?? '',
    delimiter: parameter(request, 'delimiter') ?? '',
    maxKeys: readCount(request, maxParameter),
    encodingType,
    encode: encodingType === 'url' ? (text) => encode(text).replaceAll('%2F', '/') : (text) => text,
  }
}

/** A page size: at most 1,000, which is also the default. Throws `InvalidArgument`. */
export function readCount(request: S3Request, name: string): number {
  const text = parameter(request, name) ?? String(MAX_PAGE)
  if (!/^\d{1,9}$/.test(text)) throw new S3Error('InvalidArgument', `${name} must be an integer from 0 to 2147483647.`)
  return Math.min(Number(text), MAX_PAGE)
}

type Page = {
  contents: Record<string, unknown>[]
  prefixes: string[]
  /** Where the next page begins, as a byte string; undefined at the end. */
  next?: string
}

async function readPage(bucket: Bucket, query: ListQuery, start: string): Promise<Page> {
  const index = await bucket.objects.index()
  const [prefix, delimiter] = [toByteString(query.prefix), toByteString(query.delimiter)]
  const keys: string[] = []
  const prefixes: string[] = []
  let next: string | undefined
  const candidates = index.from(start > prefix ? start : prefix)
  for (let item = candidates.next(); !item.done && item.value.startsWith(prefix);) {
    if (keys.length + prefixes.length === query.maxKeys) break
    const cut = delimiter === '' ? -1 : item.value.indexOf(delimiter, prefix.length)
    if (cut < 0) {
      keys.push(item.value)
      next = item.value + AFTER_KEY
      item = candidates.next()
    } else {
      const common = item.value.slice(0, cut + delimiter.length)
      prefixes.push(common)
      next = common + AFTER_PREFIX
      item = candidates.next(next)
    }
    if (item.done || !item.value.startsWith(prefix)) next = undefined
  }
  const records = await Promise.all(keys.map((key) => bucket.objects.read(fromByteString(key))))
  const contents = records.flatMap((record) =>
    record
      ? [
          {
            Key: query.encode(record.key),
            LastModified: record.lastModified,
            ETag: quote(record.etag),
            ChecksumAlgorithm: record.checksum?.algorithm,
            ChecksumType: record.checksum?.type,
            Size: record.sizeBytes,
            StorageClass: 'STANDARD',
          },
        ]
      : [],
  )
  return { contents, prefixes: prefixes.map(fromByteString), ...(next !== undefined && { next }) }
}

function shared(bucketName: string, query: ListQuery, page: Page): Record<string, unknown> {
  return {
    Name: bucketName,
    Prefix: query.encode(query.prefix),
    MaxKeys: query.maxKeys,
    Delimiter: query.delimiter === '' ? undefined : query.encode(query.delimiter),
    EncodingType: query.encodingType,
    IsTruncated: page.next !== undefined,
    Contents: page.contents,
    CommonPrefixes: page.prefixes.map((each) => ({ Prefix: query.encode(each) })),
  }
}

function afterKey(key = ''): string {
  return key === '' ? '' : toByteString(key) + AFTER_KEY
}

function decodeToken(token: string): string {
  if (!/^[\w-]{1,2000}$/.test(token))
    throw new S3Error('InvalidArgument', 'The continuation token provided is incorrect.')
  return Buffer.from(token, 'base64url').toString('latin1')
}
