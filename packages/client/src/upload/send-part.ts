import type { SignedRequest } from '@bellhop/model'
import { BellhopError } from '../bellhop-error.ts'
import type { Platform } from '../platform/platform.ts'
import { putOutcome } from './put-outcome.ts'
import type { PutOutcome } from './put-outcome.ts'
import type { PreparedPart } from './source.ts'
import { watchStall } from './stall.ts'

interface SendPart {
  readonly part: PreparedPart
  readonly key: SignedRequest
  readonly mode: 'single' | 'multipart'
  readonly sourceName: string
  readonly askFirst: boolean
  readonly stallMs: number
  /** Bytes of this try so far. */
  readonly onSent: (sentBytes: number) => void
  readonly signal: AbortSignal
}

/**
 * One try to bring one part to the store. Throws what the source throws when it broke while it was read, and ABORTED; all
 * else is an outcome.
 */
export async function sendPart(
  { lanes, putPart }: Pick<Platform, 'lanes' | 'putPart'>,
  { part, key, mode, sourceName, askFirst, stallMs, onSent, signal }: SendPart,
): Promise<PutOutcome> {
  const stall = watchStall(stallMs, signal)
  const startedAtMs = performance.now()
  let movedBytes = 0
  try {
    const answer = await putPart({
      url: key.url,
      headers: key.headers,
      content: part.content,
      sizeBytes: part.sizeBytes,
      askFirst,
      signal: stall.signal,
      onSent: (sentBytes) => {
        stall.moved()
        lanes.moved(sentBytes - movedBytes)
        movedBytes = sentBytes
        onSent(sentBytes)
      },
    })
    const outcome = putOutcome(answer, mode)
    if (outcome.type === 'failed' && outcome.overrun) lanes.refused(startedAtMs)
    return outcome
  } catch (cause) {
    if (signal.aborted || (cause instanceof BellhopError && cause.code.startsWith('SOURCE_'))) throw cause
    if (stall.stalled) lanes.refused(startedAtMs)
    const what = stall.stalled ? 'no byte moved for too long' : 'the connection broke'
    const error = new BellhopError('NETWORK', `The bytes of ${sourceName} could not be sent: ${what}.`, { cause })
    return { type: 'failed', failure: 'transient', overrun: stall.stalled, error, atLeastMs: 0 }
  } finally {
    stall.end()
  }
}
