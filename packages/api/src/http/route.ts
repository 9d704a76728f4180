import type { z } from 'zod'
import type { FeedContext } from '../live-feed.ts'

export interface HttpAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly body?: unknown
}

/** Server-Sent Events, for as long as the feed runs. */
export interface EventStream {
  readonly events: (signal: AbortSignal) => AsyncIterable<ServerSentEvent>
}

export interface ServerSentEvent {
  /** What a client that comes back sends as `Last-Event-ID`. */
  readonly id: string
  readonly data: unknown
}

/** What one status of a route means, for its description. */
export interface AnswerShape {
  readonly description: string
  /** Of the body as JSON, or of each event's data where `events` is set. */
  readonly body?: z.ZodType
  readonly events?: true
  /** Name → what it says. */
  readonly headers?: Readonly<Record<string, string>>
}

/** The places that a request has for what is asked. */
type InputShape = Readonly<
  Partial<Record<'params' | 'query' | 'headers', z.ZodObject>> & {
    body?: z.ZodType
  }
>

export interface HttpCall<Input = unknown> {
  readonly ctx: FeedContext
  readonly input: Input
  /** Fires when the client has gone. */
  readonly signal: AbortSignal
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** As OpenAPI writes it: `/v1/jobs/{jobId}`. */
  readonly path: string
  readonly operationId: string
  readonly summary: string
  readonly input: z.ZodObject
  readonly answers: Readonly<Record<number, AnswerShape>>
  run(call: HttpCall): Promise<HttpAnswer | EventStream>
}

/** A route whose `run` is given what its schemas parse. */
export function route<S extends InputShape>(
  described: Omit<Route, 'input' | 'run'> & {
    readonly input: z.ZodObject<S>
    run(call: HttpCall<z.output<z.ZodObject<S>>>): Promise<HttpAnswer | EventStream>
  },
): Route {
  // The server runs it with what `input` has parsed, and with nothing else.
  return described
}
