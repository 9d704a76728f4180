import { type ServerResponse } from 'node:http'
import { type Applied } from '@bellhop/live-view'

const VISITORS_MAX = 100

/** Tells every open page, by server-sent events, which rows of the view have changed. */
export class Feed implements Disposable {
  readonly #visitors = new Set<ServerResponse>()

  open(response: ServerResponse): void {
    if (this.#visitors.size >= VISITORS_MAX) {
      response.writeHead(503).end()
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    response.write(': open\n\n')
    this.#visitors.add(response)
    response.once('close', () => this.#visitors.delete(response))
  }

  publish({ keys, durationMs }: Applied): void {
    const rows = keys === 'many' ? keys : keys.length
    // A page needs to know that something changed, and reads again; a slow one is let go rather than buffered for.
    const event = `data: ${JSON.stringify({ rows, durationMs })}\n\n`
    for (const visitor of this.#visitors) if (!visitor.write(event)) visitor.destroy()
  }

  [Symbol.dispose](): void {
    for (const visitor of this.#visitors) visitor.end()
  }
}
