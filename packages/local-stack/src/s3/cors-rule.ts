import { S3Error } from './errors.ts'
import { isRecord } from './xml.ts'

export type CorsRule = {
  allowedOrigins: string[]
  allowedMethods: string[]
  allowedHeaders: string[]
  exposeHeaders: string[]
  maxAgeSeconds?: number
}

const METHODS = ['GET', 'PUT', 'POST', 'DELETE', 'HEAD']
const MAX_RULES = 100

/** In force until a bucket has rules of its own. Requests are signed and carry no cookies, so any page may try. */
export const DEFAULT_CORS: CorsRule[] = [
  {
    allowedOrigins: ['*'],
    allowedMethods: METHODS,
    allowedHeaders: ['*'],
    exposeHeaders: [
      'Accept-Ranges',
      'Content-Disposition',
      'Content-Encoding',
      'Content-Length',
      'Content-Range',
      'ETag',
      'x-amz-checksum-crc32',
      'x-amz-checksum-crc32c',
      'x-amz-checksum-crc64nvme',
      'x-amz-checksum-sha1',
      'x-amz-checksum-sha256',
      'x-amz-checksum-type',
      'x-amz-request-id',
    ],
    maxAgeSeconds: 3600,
  },
]

/** Throws `MalformedXML` or `InvalidRequest`. */
export function parseCorsRules(document: Record<string, unknown>): CorsRule[] {
  const rules = document['CORSRule']
  if (!Array.isArray(rules) || rules.length > MAX_RULES) throw new S3Error('MalformedXML')
  return rules.map(parseRule)
}

export function corsDocument(rules: CorsRule[]): Record<string, unknown> {
  const elements = rules.map((rule) => ({
    AllowedOrigin: rule.allowedOrigins,
    AllowedMethod: rule.allowedMethods,
    AllowedHeader: rule.allowedHeaders,
    ExposeHeader: rule.exposeHeaders,
    MaxAgeSeconds: rule.maxAgeSeconds,
  }))
  return { CORSRule: elements }
}

export type CorsRequest = { origin: string; method: string; headers: string[] }

/** The rule that allows the request, and the origin to answer with. */
export function matchCors(
  rules: CorsRule[],
  { origin, method, headers }: CorsRequest,
): { rule: CorsRule; origin: string } | undefined {
  const rule = rules.find(
    ({ allowedOrigins, allowedMethods, allowedHeaders }) =>
      allowedOrigins.some((pattern) => matches(pattern, origin)) &&
      allowedMethods.includes(method) &&
      headers.every((name) => allowedHeaders.some((pattern) => matches(pattern.toLowerCase(), name))),
  )
  return rule && { rule, origin: rule.allowedOrigins.includes('*') ? '*' : origin }
}

function matches(pattern: string, text: string): boolean {
  const star = pattern.indexOf('*')
  if (star < 0) return pattern === text
  const [start, end] = [pattern.slice(0, star), pattern.slice(star + 1)]
  return text.length >= start.length + end.length && text.startsWith(start) && text.endsWith(end)
}

function parseRule(rule: unknown): CorsRule {
  if (!isRecord(rule)) throw new S3Error('MalformedXML')
  const allowedMethods = texts(rule['AllowedMethod'])
  const allowedOrigins = texts(rule['AllowedOrigin'])
  if (allowedMethods.length === 0 || allowedOrigins.length === 0) throw new S3Error('MalformedXML')
  const unknown = allowedMethods.find((method) => !METHODS.includes(method))
  if (unknown !== undefined) {
    throw new S3Error(
      'InvalidRequest',
      `Found unsupported HTTP method in CORS config. Unsupported method is ${unknown}.`,
    )
  }
  const maxAge = rule['MaxAgeSeconds']
  return {
    allowedOrigins,
    allowedMethods,
    allowedHeaders: texts(rule['AllowedHeader']),
    exposeHeaders: texts(rule['ExposeHeader']),
    ...(typeof maxAge === 'string' && /^\d{1,9}$/.test(maxAge) && { maxAgeSeconds: Number(maxAge) }),
  }
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : []
}
