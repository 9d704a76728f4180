import { withCall } from '@bellhop/api'
import type { SubscriptionCall, ToldItem } from '@bellhop/api'
import { jsonEncoder } from '@trpc/server/adapters/ws'
import type { Encoder } from '@trpc/server/adapters/ws'

export interface MessageEncoder extends Encoder {
  /** The message that tells an item of a subscription, in the bytes of its text. */
  item(call: SubscriptionCall, item: ToldItem): Buffer
}

interface TrackedResult {
  readonly type: 'data'
  /** The cursor. */
  readonly id: string
  readonly data: { readonly id: string; readonly data: object }
}

/** What was told last of an object. */
interface Tail {
  readonly cursor: string
  readonly text: string
  head?: string
  bytes?: Buffer
}

/**
 * tRPC's messages as JSON, each as `JSON.stringify` has it. What is told to many sockets, which is one object for all of
 * them, becomes text once: kept by that very object, so that nothing else can be taken for it, and as long as it lives.
 * Subscriptions are decoded with their call on their input.
 */
export function createMessageEncoder(): MessageEncoder {
  const tails = new WeakMap<object, Tail>()

  function tailOf(result: TrackedResult): Tail {
    const known = tails.get(result.data.data)
    if (known?.cursor === result.id) return known
    const tail = { cursor: result.id, text: JSON.stringify(result) }
    tails.set(result.data.data, tail)
    return tail
  }

  return {
    encode(message) {
      if (!isOfSubscription(message)) return JSON.stringify(message)
      return `${headOf(message)}${tailOf(message.result).text}}`
    },
    item(call, item) {
      const tail = tailOf({ type: 'data', data: item, id: item.id })
      const head = headOf(call)
      // Most clients give their feed the same number.
      if (tail.head !== head || !tail.bytes) Object.assign(tail, { head, bytes: Buffer.from(`${head}${tail.text}}`) })
      return tail.bytes as Buffer
    },
    decode(data) {
      const messages: unknown = jsonEncoder.decode(data)
      for (const message of Array.isArray(messages) ? messages : [messages]) {
        if (!isSubscription(message)) continue
        const { id, jsonrpc, params } = message
        if (params.input === undefined || isObject(params.input)) {
          params.input = withCall(params.input ?? {}, { id, jsonrpc })
        }
      }
      return messages
    },
  }
}

function headOf({
  id,
  jsonrpc,
}: {
  readonly id: number | string | null
  readonly jsonrpc?: '2.0' | undefined
}): string {
  return `{"id":${JSON.stringify(id)},${jsonrpc === undefined ? '' : `"jsonrpc":${JSON.stringify(jsonrpc)},`}"result":`
}

interface SubscriptionMessage {
  readonly id: number | string | null
  readonly jsonrpc?: '2.0'
  readonly result: TrackedResult
}

/** What a procedure yielded with `tracked()`. */
function isOfSubscription(message: unknown): message is SubscriptionMessage {
  const { result } = message as { result?: Partial<TrackedResult> }
  return (
    result?.type === 'data' && typeof result.id === 'string' && isObject(result.data) && isObject(result.data['data'])
  )
}

/** The call of a subscription, as a client sends it. */
function isSubscription(message: unknown): message is SubscriptionCall & { params: { input?: unknown } } {
  return (
    isObject(message) &&
    message['method'] === 'subscription' &&
    isObject(message['params']) &&
    (typeof message['id'] === 'number' || typeof message['id'] === 'string')
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
