import type { KeyBinding } from '@bellhop/model'
import { findStoreReport } from '@bellhop/persistence'
import type { Platform } from './platform.ts'

/** A new report is heeded after that at the latest. */
const KNOWN_FOR_MS = 30_000
/** While there is none: a worker makes one soon. */
const UNKNOWN_FOR_MS = 1_000
/** What a store does that nobody has examined: most heed a signed payload hash, and none is harmed by it. */
const UNEXAMINED: KeyBinding = 'sha256'

interface Known {
  /** For an upload whose client hashes, and for one that does not. */
  readonly binding: { readonly hashed: KeyBinding; readonly unhashed: KeyBinding }
  readonly untilMs: number
}
const known = new WeakMap<Platform, Known>()

/**
 * How the keys of an upload that begins now bind the bytes: the strongest that the store was seen to keep. With
 * `store-sha256` the store takes no part without a checksum, so that is for clients that hash only.
 */
export async function keyBinding(platform: Platform, { isHashed }: { isHashed: boolean }): Promise<KeyBinding> {
  const { hashed, unhashed } = (await knownBinding(platform)).binding
  return isHashed ? hashed : unhashed
}

async function knownBinding(platform: Platform): Promise<Known> {
  const cached = known.get(platform)
  if (cached && cached.untilMs > performance.now()) return cached
  const report = await findStoreReport(platform.database.db, platform.settings.objectStore)
  const hashed = report?.binding ?? UNEXAMINED
  const keepsPayloadHash = report?.checks.some(({ name, state }) => name === 'payload-sha256' && state === 'green')
  const unhashed = hashed !== 'store-sha256' ? hashed : keepsPayloadHash ? 'sha256' : 'none'
  const found: Known = {
    binding: { hashed, unhashed },
    untilMs: performance.now() + (report ? KNOWN_FOR_MS : UNKNOWN_FOR_MS),
  }
  known.set(platform, found)
  return found
}
