import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { Counter, Gauge, Registry, collectDefaultMetrics } from 'prom-client'
import { createJobMetrics } from './job-metrics.ts'
import type { Services } from './request-context.ts'

export interface Metrics {
  /** Counts what goes over this connection, once it closes or is scraped. */
  connected(socket: Socket): void
  answer(response: ServerResponse): Promise<void>
}

/** What /metrics tells, in Prometheus text. */
export function createMetrics({ platform, listening }: Services): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const counted = new Map<Socket, { received: number; sent: number }>()
  const received = new Counter({
    name: 'bellhop_http_received_bytes_total',
    help: 'Bytes that clients sent to this server.',
    registers: [registry],
  })
  const sent = new Counter({
    name: 'bellhop_http_sent_bytes_total',
    help: 'Bytes that this server sent to clients.',
    registers: [registry],
  })
  const watchers = new Gauge({
    name: 'bellhop_job_watchers',
    help: 'Open watches and feeds.',
    registers: [registry],
  })

  const jobs = createJobMetrics(registry, platform)

  function count(socket: Socket, before: { received: number; sent: number }): void {
    received.inc(socket.bytesRead - before.received)
    sent.inc(socket.bytesWritten - before.sent)
    before.received = socket.bytesRead
    before.sent = socket.bytesWritten
  }

  return {
    connected(socket) {
      const before = { received: 0, sent: 0 }
      counted.set(socket, before)
      socket.once('close', () => {
        count(socket, before)
        counted.delete(socket)
      })
    },
    async answer(response) {
      for (const [socket, before] of counted) count(socket, before)
      watchers.set(listening.jobHub.watchers)
      await jobs.refresh()
      response.writeHead(200, { 'content-type': registry.contentType }).end(await registry.metrics())
    },
  }
}
