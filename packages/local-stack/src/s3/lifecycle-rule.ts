import { S3Error } from './errors.ts'
import { isRecord } from './xml.ts'

/** What a bucket does by itself. Of all that S3 has, uploads that nobody ends are aborted, and nothing else. */
export type LifecycleRule = {
  id?: string
  isEnabled: boolean
  /** Of the keys that it is about; all when empty. */
  prefix: string
  /** Days of 24 hours, 1 to 999,999,999. */
  abortUploadsAfterDays: number
}

const MAX_RULES = 1000
const DAY_MS = 24 * 3_600_000

/** Throws `MalformedXML`, `InvalidArgument`, or `NotImplemented` for anything else that a rule can ask for. */
export function parseLifecycleRules(document: Record<string, unknown>): LifecycleRule[] {
  const { Rule: rules } = elements(document, ['Rule'])
  if (!Array.isArray(rules) || rules.length > MAX_RULES) throw new S3Error('MalformedXML')
  return rules.map(parseRule)
}

export function lifecycleDocument(rules: LifecycleRule[]): Record<string, unknown> {
  const Rule = rules.map(({ id, isEnabled, prefix, abortUploadsAfterDays }) => ({
    ID: id,
    Filter: { Prefix: prefix },
    Status: isEnabled ? 'Enabled' : 'Disabled',
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: abortUploadsAfterDays },
  }))
  return { Rule }
}

export function isOverdue(rules: LifecycleRule[], upload: { key: string; initiated: string }, now: Date): boolean {
  const ageMs = now.getTime() - Date.parse(upload.initiated)
  return rules.some(
    ({ isEnabled, prefix, abortUploadsAfterDays }) =>
      isEnabled && upload.key.startsWith(prefix) && ageMs >= abortUploadsAfterDays * DAY_MS,
  )
}

function parseRule(value: unknown): LifecycleRule {
  const rule = elements(value, ['ID', 'Status', 'Filter', 'AbortIncompleteMultipartUpload'])
  const { ID: id, Status: status } = rule
  if (status !== 'Enabled' && status !== 'Disabled') throw new S3Error('MalformedXML')
  if (id !== undefined && typeof id !== 'string') throw new S3Error('MalformedXML')
  const { Prefix: prefix = '' } = elements(rule['Filter'], ['Prefix'])
  if (typeof prefix !== 'string') throw new S3Error('MalformedXML')
  const { DaysAfterInitiation: days } = elements(rule['AbortIncompleteMultipartUpload'], ['DaysAfterInitiation'])
  if (typeof days !== 'string') throw new S3Error('MalformedXML')
  if (!/^[1-9]\d{0,8}$/.test(days)) {
    throw new S3Error(
      'InvalidArgument',
      'DaysAfterInitiation of AbortIncompleteMultipartUpload must be a positive integer.',
    )
  }
  return { ...(id && { id }), isEnabled: status === 'Enabled', prefix, abortUploadsAfterDays: Number(days) }
}

/** What stands in an element. A rule that does more than is done here must not be taken for kept. */
function elements(value: unknown, known: readonly string[]): Record<string, unknown> {
  // An empty element is an empty text.
  const record = value === '' ? {} : value
  if (!isRecord(record)) throw new S3Error('MalformedXML')
  const { '#text': _spaces, ...rest } = record
  const unknown = Object.keys(rest).find((name) => !known.includes(name))
  if (unknown !== undefined) {
    throw new S3Error('NotImplemented', `Lifecycle rules abort incomplete uploads only; ${unknown} is not implemented.`)
  }
  return rest
}
