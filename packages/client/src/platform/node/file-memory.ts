import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { BellhopError } from '../../bellhop-error.ts'
import type { FileMemory } from '../../journal/file-memory.ts'

/** A path leads back to the file, as long as it lies there. */
export const fileMemory: FileMemory = {
  note: (input) => (typeof input === 'string' ? { path: resolve(input) } : {}),
  async state({ path, sizeBytes }) {
    const found = path === undefined ? null : await stat(path).catch(() => null)
    return found?.isFile() && found.size === sizeBytes ? 'at-hand' : 'pick'
  },
  async reopen({ path, name }) {
    if (path !== undefined) return path
    throw new BellhopError('SOURCE_UNREADABLE', `Nothing tells where ${name} lies; give its path.`)
  },
}
