/** Between the benchmark and the processes that it forks. Times are of the monotonic clock that all processes share, in ms. */
export type ToCrowd =
  | {
      readonly type: 'open'
      readonly room: Room
      readonly url: string
      readonly apiKey: string
      readonly count: number
    }
  | { readonly type: 'expect'; readonly room: Room; readonly marker: string }

export type FromCrowd =
  | { readonly type: 'opened'; readonly room: Room }
  | { readonly type: 'expecting'; readonly room: Room }
  | {
      readonly type: 'got'
      readonly room: Room
      readonly firstAtMs: number
      readonly lastAtMs: number
      readonly text: string
    }
  | { readonly type: 'failed'; readonly reason: string }

export type ToRawServer = { readonly type: 'broadcast'; readonly text: string }
export type FromRawServer = { readonly type: 'listening'; readonly port: number }

/** Whom a socket watches: Bellhop's feed by tRPC, or a server that is `ws` and nothing else. */
export type Room = 'bellhop' | 'raw_ws'

export function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}
