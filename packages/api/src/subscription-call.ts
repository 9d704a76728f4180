/** A subscription as its client numbered it on its connection. */
export interface SubscriptionCall {
  readonly id: number | string
  readonly jsonrpc?: '2.0' | undefined
}

const CALL = Symbol('the call that this is the input of')

/**
 * A tRPC procedure is not told which call of its connection it answers. A transport that can send past the iteration of a
 * subscription writes it onto the input, where no client can.
 */
export function withCall<Input extends object>(input: Input, call: SubscriptionCall): Input {
  return Object.assign(input, { [CALL]: call })
}

/** Undefined where the transport wrote none. */
export function callOf(input: unknown): SubscriptionCall | undefined {
  return typeof input === 'object' && input !== null && CALL in input ? (input[CALL] as SubscriptionCall) : undefined
}
