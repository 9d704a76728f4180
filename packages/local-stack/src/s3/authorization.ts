import type { RequestTarget } from './request-target.ts'
import { S3Error } from './errors.ts'
import { isSameSignature, type Signer } from './signer.ts'
import { otherReadings, type Without } from './weaker-store.ts'

const ALGORITHM = 'AWS4-HMAC-SHA256'
const MAX_SKEW_MS = 15 * 60_000
const MAX_EXPIRES_SECONDS = 604_800
const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD'

/** A request that a holder of the secret has signed. */
export type Authorization = {
  payloadHash: string
  presigned: boolean
  signature: string
  signedAt: Date
  /** `20261122T101500Z`, as the client wrote it. */
  longDate: string
  scope: string
}

type Claim = {
  accessKeyId: string
  scope: string
  longDate: string
  signature: string
  signedHeaders: string[]
  presigned: boolean
  payloadHash: string
  expiresSeconds?: number
}

export type SignedParts = {
  method: string
  target: RequestTarget
  headers: Record<string, string>
  now: Date
  without: Without
}

/** Throws the error that S3 answers with; there is no anonymous access. */
export async function authorize(signer: Signer, request: SignedParts): Promise<Authorization> {
  if (request.without.has('private') && isUnsignedRead(request)) {
    return {
      payloadHash: UNSIGNED_PAYLOAD,
      presigned: false,
      signature: '',
      signedAt: request.now,
      longDate: '',
      scope: '',
    }
  }
  const claim = request.target.query['X-Amz-Algorithm'] === undefined ? claimOfHeader(request) : claimOfQuery(request)
  const signedAt = parseLongDate(claim.longDate)
  checkScope(claim, signer)
  checkTime(claim, signedAt, request)
  checkSignedHeaders(claim, request.headers)

  const { 'X-Amz-Signature': _, ...query } = request.target.query
  for (const headers of [request.headers, ...otherReadings(request.headers, request.without)]) {
    const expected = await signer.signRequest({
      method: request.method,
      path: request.target.canonicalPath,
      query,
      headers: Object.fromEntries(claim.signedHeaders.map((name) => [name, toUtf8(headers[name] ?? '')])),
      signedHeaders: claim.signedHeaders,
      payloadHash: claim.payloadHash,
      signedAt,
    })
    if (!isSameSignature(expected, claim.signature)) continue
    const { payloadHash, presigned, signature, longDate, scope } = claim
    return { payloadHash, presigned, signature, signedAt, longDate, scope }
  }
  throw new S3Error('SignatureDoesNotMatch')
}

function isUnsignedRead({ method, headers, target }: SignedParts): boolean {
  return method === 'GET' && headers['authorization'] === undefined && Object.keys(target.query).length === 0
}

function claimOfHeader({ headers }: SignedParts): Claim {
  const text = headers['authorization']
  if (text === undefined) throw new S3Error('AccessDenied')
  const [algorithm, ...rest] = text.split(' ')
  if (algorithm !== ALGORITHM) throw new S3Error('InvalidRequest', `Please use ${ALGORITHM}.`)
  const fields = new Map(
    rest
      .join('')
      .split(',')
      .map((field) => splitOnce(field, '=')),
  )
  const [accessKeyId, scope] = splitCredential(fields.get('Credential') ?? '')
  const signature = fields.get('Signature')
  const signedHeaders = fields.get('SignedHeaders')
  if (!scope || !signature || !signedHeaders) throw new S3Error('AuthorizationHeaderMalformed')
  const payloadHash = headers['x-amz-content-sha256']
  if (payloadHash === undefined) {
    throw new S3Error('InvalidRequest', 'Missing required header for this request: x-amz-content-sha256.')
  }
  const longDate = headers['x-amz-date'] ?? ''
  return {
    accessKeyId,
    scope,
    longDate,
    signature,
    signedHeaders: signedHeaders.split(';'),
    presigned: false,
    payloadHash,
  }
}

function claimOfQuery({ target: { query }, headers }: SignedParts): Claim {
  const read = (name: string) => {
    const value = query[name]
    if (typeof value !== 'string') throw new S3Error('AuthorizationQueryParametersError', `Expected one ${name}.`)
    return value
  }
  if (read('X-Amz-Algorithm') !== ALGORITHM || headers['authorization'] !== undefined) {
    throw new S3Error('AuthorizationQueryParametersError', `Only one authorization, of ${ALGORITHM}, is allowed.`)
  }
  if (query['X-Amz-Security-Token'] !== undefined) throw new S3Error('InvalidToken')
  const expires = read('X-Amz-Expires')
  const expiresSeconds = /^\d{1,6}$/.test(expires) ? Number(expires) : Number.NaN
  if (!(expiresSeconds >= 1 && expiresSeconds <= MAX_EXPIRES_SECONDS)) {
    throw new S3Error('AuthorizationQueryParametersError', `X-Amz-Expires must be 1 to ${MAX_EXPIRES_SECONDS} seconds.`)
  }
  const [accessKeyId, scope] = splitCredential(read('X-Amz-Credential'))
  const hashed = headers['x-amz-content-sha256'] ?? query['X-Amz-Content-Sha256'] ?? UNSIGNED_PAYLOAD
  return {
    accessKeyId,
    scope,
    longDate: read('X-Amz-Date'),
    signature: read('X-Amz-Signature'),
    signedHeaders: read('X-Amz-SignedHeaders').split(';'),
    presigned: true,
    payloadHash: String(hashed),
    expiresSeconds,
  }
}

function checkScope(claim: Claim, { credentials }: Signer): void {
  const malformed = claim.presigned ? 'AuthorizationQueryParametersError' : 'AuthorizationHeaderMalformed'
  if (claim.accessKeyId !== credentials.accessKeyId) throw new S3Error('InvalidAccessKeyId')
  const [day, region, service, ending] = claim.scope.split('/')
  if (region !== credentials.region) {
    throw new S3Error(malformed, `The region '${region}' is wrong; expecting '${credentials.region}'.`)
  }
  if (day !== claim.longDate.slice(0, 8) || service !== 's3' || ending !== 'aws4_request') {
    throw new S3Error(malformed, 'The credential scope must be DATE/REGION/s3/aws4_request, of the day of the request.')
  }
}

function checkTime(claim: Claim, signedAt: Date, { now, without }: SignedParts): void {
  const ageMs = now.getTime() - signedAt.getTime()
  if (claim.expiresSeconds === undefined) {
    if (Math.abs(ageMs) > MAX_SKEW_MS) throw new S3Error('RequestTimeTooSkewed')
  } else if (ageMs < -MAX_SKEW_MS) {
    throw new S3Error('AccessDenied', 'Request is not valid yet.')
  } else if (ageMs > claim.expiresSeconds * 1000 && !without.has('expiry')) {
    throw new S3Error('AccessDenied', 'Request has expired.')
  }
}

/** A header that steers the store must be signed, or whoever holds a key could add one to it. */
function checkSignedHeaders({ signedHeaders, presigned }: Claim, headers: Record<string, string>): void {
  const signed = new Set(signedHeaders)
  const required = Object.keys(headers).filter((name) => name.startsWith('x-amz-') || name === 'host')
  const missing = required.filter((name) => !signed.has(name))
  if (missing.length > 0) {
    throw new S3Error(
      'AccessDenied',
      `There were headers present in the request which were not signed: ${missing.join(', ')}.`,
    )
  }
  const absent = signedHeaders.filter((name) => headers[name] === undefined)
  if (absent.length > 0) throw new S3Error('SignatureDoesNotMatch')
  if (headers['x-amz-security-token'] !== undefined) throw new S3Error('InvalidToken')
  if (!presigned && headers['x-amz-date'] === undefined) throw new S3Error('AccessDenied')
}

function parseLongDate(text: string): Date {
  const [, year, month, day, hours, minutes, seconds] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? []
  const date = new Date(`${year}-${month}-${day}T${hours}:${minutes}:${seconds}Z`)
  if (Number.isNaN(date.getTime())) {
    throw new S3Error('AccessDenied', 'AWS authentication requires a valid x-amz-date, such as 20261122T101500Z.')
  }
  return date
}

function splitCredential(text: string): [accessKeyId: string, scope: string] {
  return splitOnce(text, '/')
}

function splitOnce(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + mark.length)]
}

/** Node.js reads header bytes as Latin-1, clients sign them as UTF-8. */
function toUtf8(header: string): string {
  return Buffer.from(header, 'latin1').toString('utf8')
}
