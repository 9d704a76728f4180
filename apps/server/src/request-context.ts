import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import type { RequestContext } from '@bellhop/api'
import { identifyCaller } from '@bellhop/business'
import type { Listening, Platform } from '@bellhop/business'
import type { WebSocket } from 'ws'
import { credentialsOf } from './credentials.ts'
import type { MessageEncoder } from './message-encoder.ts'

/** A socket that has more than this unsent is slow, and its feeds wait. */
const SOCKET_BUFFER_BYTES = 64 * 1024
/** Whether it has room again: after 10, 20, 40, … 500 ms. */
const LOOK_MIN_MS = 10
const LOOK_MAX_MS = 500

/** Enough that no two in a log are the same. A socket keeps its own for as long as it lives. */
const REQUEST_ID_BYTES = 12
const AS_TEXT = { binary: false }

/** A WebSocket, and how its messages are written. */
interface Connection {
  readonly socket: WebSocket
  readonly encoder: MessageEncoder
}

export interface Services {
  readonly platform: Platform
  readonly listening: Listening
}

/** The context of one HTTP request or of one WebSocket. Makes no query and never throws. */
export function requestContext(
  { platform, listening }: Services,
  request: IncomingMessage,
  { connection, params }: { connection?: Connection; params?: Readonly<Record<string, unknown>> } = {},
): RequestContext {
  const hasRoom = () => connection === undefined || connection.socket.bufferedAmount <= SOCKET_BUFFER_BYTES
  const credentials = credentialsOf(request, platform.settings.publicUrl, params)
  return {
    platform,
    jobHub: listening.jobHub,
    viewHub: listening.viewHub,
    requestId: randomBytes(REQUEST_ID_BYTES).toString('base64url'),
    identify: () => identifyCaller(platform, credentials),
    hasRoom,
    ...(connection && {
      shortcutOf: (call) => (item) => {
        const { socket, encoder } = connection
        if (socket.readyState !== socket.OPEN || !hasRoom()) return false
        socket.send(encoder.item(call, item), AS_TEXT)
        return true
      },
    }),
    drained: async (signal) => {
      for (let ms = LOOK_MIN_MS; !signal.aborted && !hasRoom(); ms = Math.min(2 * ms, LOOK_MAX_MS)) {
        await delay(ms, undefined, { signal }).catch(() => {})
      }
    },
  }
}
