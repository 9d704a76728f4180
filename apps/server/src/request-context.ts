import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { RequestContext } from '@bellhop/api'
import { identifyCaller } from '@bellhop/business'
import type { Listening, Platform } from '@bellhop/business'
import type { WebSocket } from 'ws'
import { credentialsOf } from './credentials.ts'

/** A socket that has more than this unsent is slow, and its feeds wait. */
const SOCKET_BUFFER_BYTES = 64 * 1024
const LOOK_AGAIN_MS = 20

export interface Services {
  readonly platform: Platform
  readonly listening: Listening
}

/** The context of one HTTP request or of one WebSocket. Makes no query and never throws. */
export function requestContext(
  { platform, listening }: Services,
  request: IncomingMessage,
  options: { socket?: WebSocket; params?: Readonly<Record<string, unknown>> } = {},
): RequestContext {
  const credentials = credentialsOf(request, platform.settings.publicUrl, options.params)
  return {
    platform,
    jobHub: listening.jobHub,
    viewHub: listening.viewHub,
    requestId: randomUUID(),
    identify: () => identifyCaller(platform, credentials),
    drained: async (signal) => {
      while (!signal.aborted && (options.socket?.bufferedAmount ?? 0) > SOCKET_BUFFER_BYTES) {
        await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS))
      }
    },
  }
}
