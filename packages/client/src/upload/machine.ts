import { TRANSFER_BACK_OFF } from '../back-off.ts'
import { schedule } from './schedule.ts'
import { UploadDraft } from './upload-draft.ts'
import { isUploadEnded } from './upload-state.ts'
import type { UploadEvent, UploadState, UploadStep } from './upload-state.ts'

/** Keys of one part that the store may refuse beyond its first. */
export const REISSUES_PER_PART = 5
/** How often the server may find parts missing that the store had taken. */
export const MISSING_ROUNDS = 3
/** From this failure on a part asks for a new key: a connection cut short may have hidden a 403. */
const NEW_KEY_FROM_FAILURE = 2

/**
 * State and event in, state and effects out: no clock, no dice, no I/O. `upload-run.ts` performs the effects and reports
 * back as events. What is late, of a part or phase that has moved on, changes nothing.
 */
export function stepUpload(state: UploadState, event: UploadEvent): UploadStep {
  if (isUploadEnded(state)) return { state, effects: [] }
  const draft = new UploadDraft(state)
  apply(draft, event)
  if (draft.phase === 'sending') schedule(draft)
  return { state: draft.state(), effects: draft.effects }
}

function apply(draft: UploadDraft, event: UploadEvent): void {
  if (event.type === 'aborted') {
    if (draft.phase === 'aborting') draft.phase = draft.error?.code === 'ABORTED' ? 'aborted' : 'failed'
    return
  }
  if (draft.phase === 'aborting') return
  switch (event.type) {
    case 'started':
      return
    case 'prepared':
      if (event.last) draft.partCount = event.number
      return draft.move(event.number, 'preparing', 'prepared')
    case 'compared':
      if (draft.comparing === event.number) draft.comparing = null
      return
    case 'signed':
      draft.signing = 'idle'
      draft.signTrouble = null
      for (const number of event.numbers) draft.move(number, 'signing', 'keyed')
      return
    case 'signFailed':
      return signFailed(draft, event)
    case 'signRested':
      if (draft.signing === 'resting') draft.signing = 'idle'
      return
    case 'sent':
      if (draft.active.get(event.number)?.step !== 'sending') return
      draft.active.delete(event.number)
      draft.arrivedCount += 1
      draft.effects.push({ type: 'release', number: event.number })
      return
    case 'sendFailed':
      return sendFailed(draft, event)
    case 'partRested': {
      const part = draft.active.get(event.number)
      draft.move(event.number, 'resting', part && part.failures >= NEW_KEY_FROM_FAILURE ? 'prepared' : 'keyed')
      return
    }
    case 'completed':
      draft.phase = 'done'
      return
    case 'completeFailed':
      return completeFailed(draft, event)
    case 'completeRested':
      if (draft.phase === 'completing') draft.effects.push({ type: 'complete' })
      return
    case 'paced':
      draft.pool = Math.max(1, event.pool)
      return
    case 'paused':
      return pause(draft)
    case 'unpaused':
      if (draft.phase === 'paused') draft.phase = 'sending'
      return
    case 'broke':
      return draft.fail(event.error)
    case 'sourceFailed':
      return event.worthless ? draft.abort(event.error) : draft.fail(event.error)
    case 'cancelled':
      return draft.abort(event.error)
  }
}

/** Nothing is left to pause once all parts have arrived. What was on its way goes again, from its first byte. */
function pause(draft: UploadDraft): void {
  if (draft.phase !== 'sending') return
  draft.phase = 'paused'
  draft.signing = 'idle'
  draft.signTrouble = null
  for (const [number, part] of draft.active) {
    const step = ({ signing: 'prepared', sending: 'keyed', resting: 'prepared' } as const)[part.step as 'signing']
    draft.active.set(number, { ...part, step: step ?? part.step, failures: 0, failingSinceMs: null })
  }
  draft.effects.push({ type: 'halt' })
}

function signFailed(draft: UploadDraft, event: Extract<UploadEvent, { type: 'signFailed' }>): void {
  for (const number of event.numbers) draft.move(number, 'signing', 'prepared')
  draft.signTrouble = draft.worse(draft.signTrouble, event.atMs, event.error, event.patienceMs)
  if (!event.transient || !draft.signTrouble) return draft.fail(event.error)
  draft.signing = 'resting'
  draft.effects.push({ type: 'restSign', failures: draft.signTrouble.failures, atLeastMs: event.atLeastMs ?? 0 })
}

function sendFailed(draft: UploadDraft, event: Extract<UploadEvent, { type: 'sendFailed' }>): void {
  const { number, atMs, error } = event
  const part = draft.active.get(number)
  if (part?.step !== 'sending') return
  switch (event.failure) {
    case 'refused':
      return draft.fail(error)
    case 'late':
      draft.active.set(number, { ...part, step: 'prepared' })
      return
    case 'expired':
      if (part.reissues >= REISSUES_PER_PART) return draft.fail(error)
      draft.active.set(number, { ...part, step: 'prepared', reissues: part.reissues + 1 })
      return
    case 'corrupt':
      if (part.failures + 1 >= TRANSFER_BACK_OFF.attempts) return draft.fail(error)
      draft.active.set(number, { ...part, step: 'preparing', failures: part.failures + 1 })
      draft.effects.push({ type: 'prepare', number })
      return
    case 'transient': {
      const failures = part.failures + 1
      const failingSinceMs = part.failingSinceMs ?? atMs
      if (atMs - failingSinceMs >= draft.shape.patienceMs) return draft.fail(error)
      draft.active.set(number, { ...part, step: 'resting', failures, failingSinceMs })
      draft.effects.push({ type: 'restPart', number, failures, atLeastMs: event.atLeastMs ?? 0 })
    }
  }
}

function completeFailed(draft: UploadDraft, event: Extract<UploadEvent, { type: 'completeFailed' }>): void {
  if (draft.phase !== 'completing') return
  switch (event.failure) {
    case 'refused':
      return draft.fail(event.error)
    case 'incomplete': {
      draft.missingRounds += 1
      if (draft.missingRounds > MISSING_ROUNDS || event.missing.length === 0) return draft.fail(event.error)
      const { partCount } = draft
      draft.phase = 'sending'
      draft.completeTrouble = null
      draft.again = [...new Set(event.missing)].filter((n) => n >= 1 && partCount !== null && n <= partCount)
      draft.arrivedCount -= draft.again.length
      return
    }
    case 'busy':
    case 'transient':
      draft.completeTrouble = draft.worse(draft.completeTrouble, event.atMs, event.error)
      if (!draft.completeTrouble) return draft.fail(event.error)
      draft.effects.push({
        type: 'restComplete',
        failures: draft.completeTrouble.failures,
        busy: event.failure === 'busy',
      })
  }
}
