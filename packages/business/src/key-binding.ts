import type { KeyBinding } from '@bellhop/model'
import { findStoreReport } from '@bellhop/persistence'
import type { Platform } from './platform.ts'

/** A new report is heeded after that at the latest. */
const KNOWN_FOR_MS = 30_000
/** What a store does that nobody has examined: most heed a signed payload hash, and none is harmed by it. */
const UNEXAMINED: KeyBinding = 'sha256'

interface Known {
  readonly binding: KeyBinding
  readonly untilMs: number
}
const known = new WeakMap<Platform, Known>()

/** How keys that are issued now bind the bytes: the strongest that the store was seen to keep. */
export async function keyBinding(platform: Platform): Promise<KeyBinding> {
  const cached = known.get(platform)
  if (cached && cached.untilMs > performance.now()) return cached.binding
  const report = await findStoreReport(platform.database.db, platform.settings.objectStore)
  const binding = report?.binding ?? UNEXAMINED
  known.set(platform, { binding, untilMs: performance.now() + KNOWN_FOR_MS })
  return binding
}
