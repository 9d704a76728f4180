import { jsonEncoder } from '@trpc/server/adapters/ws'
import type { Encoder } from '@trpc/server/adapters/ws'

interface TrackedResult {
  readonly type: 'data'
  /** The cursor. */
  readonly id: string
  readonly data: { readonly id: string; readonly data: object }
}

interface Tail {
  readonly cursor: string
  readonly text: string
}

/**
 * tRPC's messages as JSON, each as `JSON.stringify` has it. What is told to many sockets, which is one object for all of
 * them, becomes text once: kept by that very object, so that nothing else can be taken for it, and as long as it lives.
 */
export function createMessageEncoder(): Encoder {
  const tails = new WeakMap<object, Tail>()
  return {
    encode(message) {
      if (!isOfSubscription(message)) return JSON.stringify(message)
      const { id, jsonrpc, result } = message
      const known = tails.get(result.data.data)
      const tail = known?.cursor === result.id ? known : { cursor: result.id, text: JSON.stringify(result) }
      if (tail !== known) tails.set(result.data.data, tail)
      const head = jsonrpc === undefined ? '' : `"jsonrpc":${JSON.stringify(jsonrpc)},`
      return `{"id":${JSON.stringify(id)},${head}"result":${tail.text}}`
    },
    decode: (data) => jsonEncoder.decode(data),
  }
}

interface SubscriptionMessage {
  readonly id: number | string | null
  readonly jsonrpc?: '2.0'
  readonly result: TrackedResult
}

/** What a procedure yielded with `tracked()`. */
function isOfSubscription(message: unknown): message is SubscriptionMessage {
  const { result } = message as { result?: Partial<TrackedResult> }
  const data: unknown = result?.data
  return (
    result?.type === 'data' &&
    typeof result.id === 'string' &&
    typeof data === 'object' &&
    data !== null &&
    'data' in data &&
    typeof data.data === 'object' &&
    data.data !== null
  )
}
