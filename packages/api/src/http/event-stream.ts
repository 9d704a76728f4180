import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { HttpAnswer, ServerSentEvent } from './route.ts'

/** Keeps proxies from closing a silent stream, and shows a broken line. */
const BEAT_EVERY_MS = 15_000
/** A client that takes nothing for so long is gone, or as good as. */
const DRAIN_WITHIN_MS = 60_000
/** Streams end and are taken up again, so that a deploy reaches them all. */
const STREAM_LIFE_MS = 30 * 60_000
/** How long a client waits before it comes back: 1 to 3 s, so that not all come at once. */
const RETRY_MIN_MS = 1_000
const RETRY_SPREAD_MS = 2_000

/**
 * Writes events until the feed or the client ends. A slow client makes the feed wait, which keeps the latest state of each
 * job and no more. What goes wrong on the way is an event named `problem`, the last one.
 */
export async function writeEvents(
  response: ServerResponse,
  events: AsyncIterable<ServerSentEvent>,
  { stop, describe }: { stop: AbortController; describe: (error: unknown) => HttpAnswer },
): Promise<void> {
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    // nginx would gather them otherwise.
    'x-accel-buffering': 'no',
  })
  response.write(`retry: ${Math.round(RETRY_MIN_MS + Math.random() * RETRY_SPREAD_MS)}\n\n`)
  const beat = setInterval(() => {
    if (!response.writableNeedDrain) response.write(': beat\n\n')
  }, BEAT_EVERY_MS)
  const life = setTimeout(() => stop.abort(), STREAM_LIFE_MS)
  try {
    for await (const { id, data } of events) {
      if (!response.write(`id: ${id}\ndata: ${JSON.stringify(data)}\n\n`)) await drain(response, stop.signal)
      if (stop.signal.aborted) break
    }
  } catch (error) {
    response.write(`event: problem\ndata: ${JSON.stringify(describe(error).body)}\n\n`)
  } finally {
    clearInterval(beat)
    clearTimeout(life)
    response.end()
  }
}

async function drain(response: ServerResponse, signal: AbortSignal): Promise<void> {
  const tooLong = setTimeout(() => response.destroy(), DRAIN_WITHIN_MS)
  try {
    // Destroyed or left by its client, the signal fires.
    await once(response, 'drain', { signal })
  } catch {
    if (!signal.aborted) throw new Error('The response failed while it was written.')
  } finally {
    clearTimeout(tooLong)
  }
}
