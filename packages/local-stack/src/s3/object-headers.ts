import { S3Error } from './errors.ts'
import type { S3Request } from './request.ts'

const KEPT_HEADERS = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
]
const METADATA_PREFIX = 'x-amz-meta-'
const MAX_METADATA_BYTES = 2048

// What would change how an object is kept or who may read it; ignoring one would promise what is not done.
const REFUSED_HEADERS = [
  'x-amz-grant-',
  'x-amz-object-lock-',
  'x-amz-server-side-encryption',
  'x-amz-tagging',
  'x-amz-website-redirect-location',
  'x-amz-write-offset-bytes',
]
const ONLY_VALUES: Record<string, string> = { 'x-amz-acl': 'private', 'x-amz-storage-class': 'STANDARD' }

export type ObjectHeaders = { headers: Record<string, string>; metadata: Record<string, string> }

/** The headers of a PUT that are kept with the object. Throws `NotImplemented` or `MetadataTooLarge`. */
export function keptHeaders({ headers: all }: S3Request): ObjectHeaders {
  const headers: Record<string, string> = {}
  const metadata: Record<string, string> = {}
  let metadataBytes = 0
  for (const [name, value] of Object.entries(all)) {
    refuseUnknown(name, value)
    if (KEPT_HEADERS.includes(name)) headers[name] = value
    if (!name.startsWith(METADATA_PREFIX)) continue
    const metadataName = name.slice(METADATA_PREFIX.length)
    metadataBytes += metadataName.length + value.length
    metadata[metadataName] = value
  }
  if (metadataBytes > MAX_METADATA_BYTES) throw new S3Error('MetadataTooLarge')
  const encoding = withoutAwsChunked(headers['content-encoding'])
  if (encoding) headers['content-encoding'] = encoding
  else delete headers['content-encoding']
  headers['content-type'] ??= 'binary/octet-stream'
  return { headers, metadata }
}

/** `response-content-type` and its like in the query replace what is kept. */
export function overriddenHeaders({ target }: S3Request): Record<string, string> {
  const overridden: Record<string, string> = {}
  for (const name of KEPT_HEADERS) {
    const value = target.query[`response-${name}`]
    if (value === undefined) continue
    // oxlint-disable-next-line no-control-regex -- control characters are what must not get into a header
    if (typeof value !== 'string' || /[\u0000-\u001f\u007f]/.test(value)) {
      throw new S3Error('InvalidArgument', `response-${name} is not a header value.`)
    }
    overridden[name] = Buffer.from(value).toString('latin1')
  }
  return overridden
}

export function metadataHeaders(metadata: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [METADATA_PREFIX + name, value]))
}

function refuseUnknown(name: string, value: string): void {
  const only = ONLY_VALUES[name]
  const isRefused = REFUSED_HEADERS.some((prefix) => name.startsWith(prefix)) || (only !== undefined && value !== only)
  if (isRefused) throw new S3Error('NotImplemented', `This store does not implement ${name}: ${value}.`)
}

/** That encoding is of the transfer, not of the object. */
function withoutAwsChunked(encoding: string | undefined): string | undefined {
  const rest = encoding?.split(',').filter((name) => name.trim() !== 'aws-chunked')
  return rest?.join(',').trim()
}
