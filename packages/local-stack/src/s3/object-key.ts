import { createHash } from 'node:crypto'

const MAX_KEY_BYTES = 1024
const MAX_PLAIN_BYTES = 110
const HASHED_PREFIX = '~'

export function isValidKeyLength(key: string): boolean {
  const bytes = Buffer.byteLength(key)
  return bytes > 0 && bytes <= MAX_KEY_BYTES
}

/**
 * The file name of an object's record: hexadecimal, so that no key can leave the folder or clash where the file system
 * folds case or Unicode. A longer key than a file name can hold is named by its hash.
 */
export function recordName(key: string): string {
  const bytes = Buffer.from(key)
  if (bytes.length <= MAX_PLAIN_BYTES) return bytes.toString('hex')
  return `${HASHED_PREFIX}${createHash('sha256').update(bytes).digest('hex')}`
}

/** The key of a record's file name; undefined when only the record itself knows it. */
export function keyOfRecordName(name: string): string | undefined {
  return name.startsWith(HASHED_PREFIX) ? undefined : Buffer.from(name, 'hex').toString()
}

/** Spreads the records over 256 folders. */
export function recordFolder(key: string): string {
  return createHash('md5').update(key).digest('hex').slice(0, 2)
}

/**
 * A text that sorts, searches and cuts as the key's UTF-8 bytes do, which is the order of S3 listings; JavaScript's own
 * order differs for characters outside the basic plane.
 */
export function toByteString(key: string): string {
  return Buffer.from(key).toString('latin1')
}

export function fromByteString(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString()
}
