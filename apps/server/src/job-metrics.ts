import type { Platform } from '@bellhop/business'
import { Counter, Gauge } from 'prom-client'
import type { Registry } from 'prom-client'

const MS_PER_S = 1_000

/**
 * What the installation has to do, for alerts and autoscaling: the same on every server, so read it from one or take the
 * maximum. No workspace is named. The figures are shared with the page and read at most once a second.
 */
export function createJobMetrics(registry: Registry, platform: Platform): { refresh(): Promise<void> } {
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Gauge({ name, help, labelNames, registers: [registry] })
  const depth = gauge('bellhop_queue_depth', 'Jobs that could run now, if a worker were free.', ['kind'])
  const delayed = gauge('bellhop_queue_delayed', 'Jobs that are not due yet.', ['kind'])
  const oldest = gauge('bellhop_queue_oldest_wait_seconds', 'How long the oldest job that is due has waited.', ['kind'])
  const running = gauge('bellhop_jobs_running', 'Jobs that a worker holds.', ['kind'])
  const work = gauge(
    'bellhop_work_waiting_worker_seconds',
    'Expected time of the jobs that are due, on one slot: divide by how soon it shall be done, and have as many slots.',
    ['kind'],
  )
  const workers = gauge('bellhop_workers', 'Worker processes that beat.', [])
  const slots = gauge('bellhop_worker_slots', 'Jobs that all workers together run at once.', ['state'])
  const ended = new Counter({
    name: 'bellhop_jobs_ended_total',
    help: 'Jobs that ended, by how; counted each minute.',
    labelNames: ['kind', 'status'],
    registers: [registry],
  })
  const all = [depth, delayed, oldest, running, work, workers, slots, ended]
  const refuse = (cause: unknown) => {
    platform.log.warn('The figures of jobs could not be read; /metrics goes without them.', cause)
    return null
  }

  return {
    async refresh() {
      const figures = await platform.operations.read().catch(refuse)
      for (const metric of all) metric.reset()
      // What has no labels is reset to 0, which would be a lie.
      if (figures === null) return workers.remove()
      for (const kind of figures.queue) {
        const label = { kind: kind.kind }
        depth.set(label, kind.waiting)
        delayed.set(label, kind.later)
        running.set(label, kind.running)
        oldest.set(label, (kind.oldestWaitMs ?? 0) / MS_PER_S)
        work.set(label, kind.workWaitingMs / MS_PER_S)
      }
      workers.set(figures.capacity.workers)
      slots.set({ state: 'busy' }, figures.capacity.busySlots)
      slots.set({ state: 'free' }, Math.max(0, figures.capacity.slots - figures.capacity.busySlots))
      for (const { kind, status, jobs } of figures.totals) ended.inc({ kind, status: status.toLowerCase() }, jobs)
    },
  }
}
