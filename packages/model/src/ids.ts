import { uuidv7obj } from 'uuidv7'

/**
 * Ids are `<prefix>_<26 characters of Crockford base32>` over a UUIDv7: unguessable in their low 74 bits, in order of
 * creation, and told apart at a glance. The brands keep one kind of id from being passed as another.
 */
const PREFIXES = {
  apiKey: 'key',
  file: 'file',
  job: 'job',
  output: 'out',
  session: 'ses',
  upload: 'up',
  user: 'user',
  valetKey: 'vk',
  webhook: 'wh',
  worker: 'wrk',
  workspace: 'ws',
} as const

export type IdKind = keyof typeof PREFIXES
export type Id<K extends IdKind> = `${(typeof PREFIXES)[K]}_${string}`

export type ApiKeyId = Id<'apiKey'>
export type FileId = Id<'file'>
export type JobId = Id<'job'>
export type OutputId = Id<'output'>
export type UploadId = Id<'upload'>
export type UserId = Id<'user'>
export type ValetKeyId = Id<'valetKey'>
export type WebhookId = Id<'webhook'>
export type WorkerId = Id<'worker'>
export type WorkspaceId = Id<'workspace'>

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const BODY = /^[0-9a-hjkmnp-tv-z]{26}$/

export function newId<K extends IdKind>(kind: K): Id<K> {
  return `${PREFIXES[kind]}_${encode(uuidv7obj().bytes)}` as Id<K>
}

export function isId<K extends IdKind>(kind: K, value: unknown): value is Id<K> {
  if (typeof value !== 'string') return false
  const prefix = `${PREFIXES[kind]}_`
  return value.startsWith(prefix) && BODY.test(value.slice(prefix.length))
}

/** 128 bits, five at a time, most significant first, so that text order is order of creation. */
function encode(bytes: Readonly<Uint8Array>): string {
  let bits = 0n
  for (const byte of bytes) bits = (bits << 8n) | BigInt(byte)
  let text = ''
  for (let shift = 125n; shift >= 0n; shift -= 5n) text += ALPHABET[Number((bits >> shift) & 31n)]
  return text
}
