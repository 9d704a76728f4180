import { LIMITS } from '@bellhop/model'
import { BUSY_BACK_OFF, TRANSFER_BACK_OFF } from '../back-off.ts'
import { UploadDraft } from './upload-draft.ts'
import { isUploadEnded } from './upload-state.ts'
import type { UploadEvent, UploadState, UploadStep } from './upload-state.ts'

/** Keys that one part may use up beyond its first. */
export const REISSUES_PER_PART = 5
/** How often the server may find parts missing that the store had taken. */
export const MISSING_ROUNDS = 3
/** Parts read and hashed at once. More than one gains nothing: reading is not what limits. */
const PREPARING_AT_ONCE = 1
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
      return draft.move(event.number, 'preparing', 'prepared')
    case 'signed':
      draft.signing = 'idle'
      draft.signFailures = 0
      for (const number of event.numbers) draft.move(number, 'signing', 'keyed')
      return
    case 'signFailed':
      for (const number of event.numbers) draft.move(number, 'signing', 'prepared')
      draft.signFailures += 1
      if (!event.transient || draft.signFailures >= TRANSFER_BACK_OFF.attempts) return draft.fail(event.error)
      draft.signing = 'resting'
      draft.effects.push({ type: 'restSign', failures: draft.signFailures })
      return
    case 'signRested':
      draft.signing = 'idle'
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
    case 'broke':
      return draft.fail(event.error)
    case 'sourceFailed':
    case 'cancelled':
      draft.phase = 'aborting'
      draft.error = event.error
      draft.effects.push({ type: 'stop' }, { type: 'abort' })
      return
  }
}

function sendFailed(draft: UploadDraft, event: Extract<UploadEvent, { type: 'sendFailed' }>): void {
  const part = draft.active.get(event.number)
  if (part?.step !== 'sending') return
  switch (event.failure) {
    case 'refused':
      return draft.fail(event.error)
    case 'expired':
      if (part.reissues >= REISSUES_PER_PART) return draft.fail(event.error)
      draft.active.set(event.number, { ...part, step: 'prepared', reissues: part.reissues + 1 })
      return
    case 'corrupt':
      if (part.failures + 1 >= TRANSFER_BACK_OFF.attempts) return draft.fail(event.error)
      draft.active.set(event.number, { ...part, step: 'preparing', failures: part.failures + 1 })
      draft.effects.push({ type: 'prepare', number: event.number })
      return
    case 'transient': {
      const failures = part.failures + 1
      if (failures >= TRANSFER_BACK_OFF.attempts) return draft.fail(event.error)
      draft.active.set(event.number, { ...part, step: 'resting', failures })
      draft.effects.push({ type: 'restPart', number: event.number, failures, atLeastMs: event.atLeastMs ?? 0 })
    }
  }
}

function completeFailed(draft: UploadDraft, event: Extract<UploadEvent, { type: 'completeFailed' }>): void {
  if (draft.phase !== 'completing') return
  switch (event.failure) {
    case 'refused':
      return draft.fail(event.error)
    case 'incomplete':
      draft.missingRounds += 1
      if (draft.missingRounds > MISSING_ROUNDS || event.missing.length === 0) return draft.fail(event.error)
      draft.phase = 'sending'
      draft.again = [...new Set(event.missing)].filter((n) => n >= 1 && n <= draft.shape.partCount)
      draft.arrivedCount -= draft.again.length
      return
    case 'busy':
    case 'transient': {
      const busy = event.failure === 'busy'
      draft.completeFailures += 1
      const { attempts } = busy ? BUSY_BACK_OFF : TRANSFER_BACK_OFF
      if (draft.completeFailures >= attempts) return draft.fail(event.error)
      draft.effects.push({ type: 'restComplete', failures: draft.completeFailures, busy })
    }
  }
}

/** What can be set going now. It only reads the state, so that no event can be forgotten to go on from. */
function schedule(draft: UploadDraft): void {
  while (draft.count('preparing') < PREPARING_AT_ONCE && draft.active.size < draft.shape.window) {
    const number = draft.takeUp()
    if (number === null) break
    draft.active.set(number, { step: 'preparing', failures: 0, reissues: 0 })
    draft.effects.push({ type: 'prepare', number })
  }
  if (draft.signing === 'idle') {
    const numbers = draft.numbers('prepared').slice(0, LIMITS.partsPerSigning)
    if (numbers.length > 0) {
      for (const number of numbers) draft.move(number, 'prepared', 'signing')
      draft.signing = 'asked'
      draft.effects.push({ type: 'sign', numbers })
    }
  }
  for (const number of draft.numbers('keyed').slice(0, draft.shape.pool - draft.count('sending'))) {
    draft.move(number, 'keyed', 'sending')
    draft.effects.push({ type: 'send', number })
  }
  if (draft.arrivedCount === draft.shape.partCount) {
    draft.phase = 'completing'
    draft.effects.push({ type: 'complete' })
  }
}
