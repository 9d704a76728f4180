import { S3Error } from './errors.ts'
import type { ObjectRecord } from './object-record.ts'

type Headers = Record<string, string>

/** The outcome of a read's conditions; a failed If-Match or If-Unmodified-Since throws `PreconditionFailed`. */
export function isNotModified(headers: Headers, record: ObjectRecord, prefix = ''): boolean {
  const modifiedMs = toSeconds(Date.parse(record.lastModified))
  const ifMatch = headers[`${prefix}if-match`]
  const unmodifiedSince = parseDate(headers[`${prefix}if-unmodified-since`])
  if (ifMatch !== undefined) {
    if (!matches(ifMatch, record)) throw new S3Error('PreconditionFailed')
  } else if (unmodifiedSince !== undefined && modifiedMs > unmodifiedSince) {
    throw new S3Error('PreconditionFailed')
  }
  const ifNoneMatch = headers[`${prefix}if-none-match`]
  if (ifNoneMatch !== undefined) return matches(ifNoneMatch, record)
  const modifiedSince = parseDate(headers[`${prefix}if-modified-since`])
  return modifiedSince !== undefined && modifiedMs <= modifiedSince
}

/** The conditions of a write, as a check against the object that stands in its place. Throws `NotImplemented` for other forms. */
export function writeCondition(headers: Headers): (current: ObjectRecord | undefined) => void {
  const ifNoneMatch = headers['if-none-match']
  const ifMatch = headers['if-match']
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*') {
    throw new S3Error('NotImplemented', 'If-None-Match of a write must be *.')
  }
  return (current) => {
    if (ifNoneMatch !== undefined && current) throw new S3Error('PreconditionFailed')
    if (ifMatch === undefined) return
    if (!current) throw new S3Error('NoSuchKey')
    if (!matches(ifMatch, current)) throw new S3Error('PreconditionFailed')
  }
}

/** Whether a Range counts: If-Range names the very object that the client has a part of. */
export function isRangeWanted(headers: Headers, record: ObjectRecord): boolean {
  const ifRange = headers['if-range']
  if (ifRange === undefined) return true
  const since = parseDate(ifRange)
  return since === undefined ? unquote(ifRange) === record.etag : toSeconds(Date.parse(record.lastModified)) === since
}

export function unquote(etag: string): string {
  return etag.trim().replace(/^"|"$/g, '')
}

function matches(header: string, { etag }: ObjectRecord): boolean {
  return header
    .split(',')
    .some((candidate) => candidate.trim() === '*' || unquote(candidate.replace(/^\s*W\//, '')) === etag)
}

function parseDate(text: string | undefined): number | undefined {
  if (text === undefined || !/[a-z]{3}.*\d{4}/i.test(text)) return undefined
  const time = Date.parse(text)
  return Number.isNaN(time) ? undefined : time
}

/** HTTP dates have no fractions of a second. */
function toSeconds(ms: number): number {
  return Math.floor(ms / 1000) * 1000
}
