import { mkdir, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { newId } from '@bellhop/model'
import * as persistence from '@bellhop/persistence'
import { runAttempt } from './attempt.ts'
import type { AttemptHost } from './attempt.ts'
import { choresOf } from './chores.ts'
import type { Platform } from './platform.ts'
import { ProgressReporter } from './progress-reporter.ts'
import { keepLease } from './worker-lease.ts'

/** How long a stopping worker waits for its jobs before it hands them back. */
const FINISH_WITHIN_MS = 3_000

export interface WorkerOptions {
  /** Jobs at once. */
  readonly concurrency: number
  /** Attempts work in folders under this one. */
  readonly scratchRoot: string
}

/** Takes jobs, keeps their lease, rescues those of dead workers, and keeps the views fresh. Disposing hands back what runs. */
export async function startWorker(
  platform: Platform,
  { concurrency, scratchRoot }: WorkerOptions,
): Promise<AsyncDisposable> {
  const { database, notifier, log, settings } = platform
  const workerId = newId('worker')
  const scratch = join(scratchRoot, workerId)
  await mkdir(scratch, { recursive: true })
  const host: AttemptHost = {
    platform,
    workerId,
    scratchRoot: scratch,
    progress: new ProgressReporter(platform),
    running: new Map(),
  }
  const kinds = platform.kinds.all
  const worker = { id: workerId, poolId: '', host: hostname(), pid: process.pid, kinds: kinds.map((kind) => kind.name) }

  await persistence.registerWorker(database.db, worker)
  const stopping = new AbortController()
  const runner = await persistence.startJobRunner({
    url: settings.databaseUrl,
    concurrency,
    kinds,
    onAttempt: (payload) => runAttempt(host, payload),
    chores: choresOf(platform, stopping.signal),
    onError: (message, cause) => log.warn(message, cause),
  })
  const registered = () => ({ ...worker, poolId: runner.poolId })
  await persistence.registerWorker(database.db, registered())
  const lease = keepLease(host, registered)
  const listening = await persistence.listenForNotifications(
    settings.databaseUrl,
    {
      onJobs: (changed) => lease.look(changed),
      onView: () => {},
      onCallers: () => {},
      onReconnect: () => lease.look([...host.running.values()].map((attempt) => ({ id: attempt.lease.jobId }))),
    },
    (cause) => log.warn('The worker does not hear notifications; the next beat looks for itself.', cause),
  )
  const views = await persistence.startViewKeeper({
    database,
    onChanged: (view, workspaceIds) => notifier.viewChanged(view, workspaceIds),
    warn: (message, cause) => log.warn(message, cause),
  })

  return {
    [Symbol.asyncDispose]: async () => {
      const handBack = setTimeout(() => {
        stopping.abort()
        for (const attempt of host.running.values()) attempt.stop('shutdown')
      }, FINISH_WITHIN_MS)
      await runner[Symbol.asyncDispose]()
      // What failed while the queue was stopping would stay locked for hours.
      await database.db.transaction((tx) => persistence.unlockPools(tx, [runner.poolId]))
      await Promise.all([...host.running.values()].map((attempt) => attempt.done))
      clearTimeout(handBack)
      await Promise.all([views[Symbol.asyncDispose](), lease[Symbol.asyncDispose](), listening[Symbol.asyncDispose]()])
      await persistence.removeWorker(database.db, workerId)
      await rm(scratch, { recursive: true, force: true })
    },
  }
}
