import { LIMITS } from './limits.ts'

/** UPLOADING: bytes are on their way. READY: verified, visible. REJECTED: what arrived was not what was announced. */
export const FILE_STATUSES = ['UPLOADING', 'READY', 'REJECTED', 'DELETED'] as const
export type FileStatus = (typeof FILE_STATUSES)[number]

/**
 * How the stored bytes were proved to be the client's, the strongest first. `store-sha256`: the store keeps a SHA-256 of
 * its own and it is the client's. `sha256`, `sha256-parts`: the keys were bound to the bytes, and the store refuses others.
 * `reread`: read again and compared, since the store checks nothing. `size`: the client did not hash them.
 */
export const INTEGRITIES = ['store-sha256', 'sha256', 'sha256-parts', 'reread', 'size'] as const
export type Integrity = (typeof INTEGRITIES)[number]

/** What may be found wrong with the object of a file later: it is gone, or its bytes are no longer those that were sent. */
export const FILE_FAULTS = ['missing', 'damaged'] as const
export type FileFault = (typeof FILE_FAULTS)[number]

// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/gu

/**
 * A name as it is kept and shown: NFC (a Mac sends NFD, and a search would miss it), no control or bidi-override
 * characters, no folders. Null when nothing is left or it is longer than 255 characters. It never enters an object key.
 */
export function cleanFileName(name: string): string | null {
  const last = name.normalize('NFC').replace(CONTROL, '').split(/[/\\]/).at(-1)?.trim() ?? ''
  if (last === '' || last === '.' || last === '..' || Array.from(last).length > LIMITS.fileNameChars) return null
  return last
}

/** Tags as they are kept: trimmed, NFC, lower case, each once, in order. */
export function cleanTags(tags: readonly string[]): string[] {
  const clean = tags.map((tag) =>
    tag.normalize('NFC').replace(CONTROL, '').trim().toLowerCase().slice(0, LIMITS.tagChars),
  )
  return [...new Set(clean.filter((tag) => tag !== ''))].slice(0, LIMITS.tagsPerFile)
}
