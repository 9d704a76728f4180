import { LIMITS } from '@bellhop/model'
import type { UploadDraft } from './upload-draft.ts'

/** Parts read and hashed at once. More than one gains nothing: reading is not what limits. */
const PREPARING_AT_ONCE = 1

/** Of the parts that are made ready ahead. All of them would leave none in hand while the call is under way. */
const SIGNED_TOGETHER = 0.75

/** What can be set going now. It only reads the state, so that no event can be forgotten to go on from. */
export function schedule(draft: UploadDraft): void {
  prepare(draft)
  compare(draft)
  for (const number of draft.numbers('keyed').slice(0, Math.max(0, draft.pool - draft.count('sending')))) {
    draft.move(number, 'keyed', 'sending')
    draft.effects.push({ type: 'send', number })
  }
  sign(draft)
  if (draft.arrivedCount === draft.partCount && draft.toCompare.length === 0 && draft.comparing === null) {
    draft.phase = 'completing'
    draft.effects.push({ type: 'complete' })
  }
}

function prepare(draft: UploadDraft): void {
  const window = Math.min(draft.shape.window, draft.pool + draft.shape.ahead)
  while (draft.count('preparing') < PREPARING_AT_ONCE && draft.active.size < window) {
    const number = draft.takeUp()
    if (number === null) return
    draft.active.set(number, { step: 'preparing', failures: 0, failingSinceMs: null, reissues: 0 })
    draft.effects.push({ type: 'prepare', number })
  }
}

/** Beside the sending, one at a time: a file that is another one is found early, and no part is held for it. */
function compare(draft: UploadDraft): void {
  const [number, ...rest] = draft.toCompare
  if (draft.comparing !== null || number === undefined) return
  draft.comparing = number
  draft.toCompare = rest
  draft.effects.push({ type: 'compare', number })
}

/**
 * A call for keys costs the server a commit, so several parts share one. But no connection stands idle for want of a key:
 * what is there is asked for at once when none is left in hand. (While one is, the pool is full and will report.)
 */
function sign(draft: UploadDraft): void {
  if (draft.signing !== 'idle') return
  const numbers = draft.numbers('prepared').slice(0, LIMITS.partsPerSigning)
  const begun = draft.arrivedCount > 0 || draft.active.size > numbers.length + draft.count('preparing')
  const { ahead, firstKeys } = draft.shape
  if (
    begun
      ? draft.count('keyed') > 0 && numbers.length < Math.ceil(ahead * SIGNED_TOGETHER)
      : numbers.length < firstKeys && draft.count('preparing') > 0
  )
    return
  if (numbers.length === 0) return
  for (const number of numbers) draft.move(number, 'prepared', 'signing')
  draft.signing = 'asked'
  draft.effects.push({ type: 'sign', numbers })
}
