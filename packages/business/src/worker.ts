import { mkdir, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { newId } from '@bellhop/model'
import type { JobKind } from '@bellhop/model'
import * as persistence from '@bellhop/persistence'
import { runAttempt } from './attempt.ts'
import type { AttemptHost } from './attempt.ts'
import { choresOf } from './chores.ts'
import type { Platform } from './platform.ts'
import { processorOf as registered } from './processors/registry.ts'
import type { AnyProcessor } from './processors/registry.ts'
import { ProgressReporter } from './progress-reporter.ts'
import { keepLease } from './worker-lease.ts'
import { kindsOfPool } from './worker-pool.ts'

/** How long a stopping worker waits for its jobs before it tells them to stop. */
const FINISH_WITHIN_MS = 3_000
/** What will not stop within this is given back as it is; its writes are refused from then on. */
const HAND_BACK_WITHIN_MS = 5_000

/** Besides its jobs a worker asks for what it holds, writes progress, and keeps views. */
const CONNECTIONS_BESIDE = 4
const MIN_CONNECTIONS = 10
const MAX_CONNECTIONS = 60

/** How many connections the platform of a worker shall have: with fewer than it has jobs, their commits wait for each other. */
export function workerConnections(concurrency: number): number {
  return Math.min(MAX_CONNECTIONS, Math.max(MIN_CONNECTIONS, concurrency + CONNECTIONS_BESIDE))
}

export interface WorkerOptions {
  /** Jobs at once. */
  readonly concurrency: number
  /** Attempts work in folders under this one. */
  readonly scratchRoot: string
  /** How long stopping waits for what runs, before that is stopped and handed back. Default 3 s. */
  readonly finishWithinMs?: number
  /** The kinds that it takes, by name or by patterns such as `image.*`. Default: all. */
  readonly kinds?: readonly string[]
  /** Whether it does the house's own chores too. Default: yes; some worker must. */
  readonly chores?: boolean
  /** Jobs at once in the whole cluster, by kind; goes before what the kind says. */
  readonly kindLimits?: ReadonlyMap<string, number>
  /** What runs a kind. Default: the registry; a measurement of all the rest puts something idle in its place. */
  readonly processorOf?: (kind: JobKind) => AnyProcessor
}

/** Takes jobs, keeps their lease, rescues those of dead workers, and keeps the views fresh. Disposing hands back what runs. */
export async function startWorker(platform: Platform, options: WorkerOptions): Promise<AsyncDisposable> {
  const { concurrency, scratchRoot, finishWithinMs = FINISH_WITHIN_MS, processorOf = registered } = options
  const { database, notifier, log, settings } = platform
  const kinds = kindsOfPool(platform.kinds.all, options.kinds ?? ['*'])
  const workerId = newId('worker')
  const scratch = join(scratchRoot, workerId)
  await mkdir(scratch, { recursive: true })
  const host: AttemptHost = {
    platform,
    workerId,
    scratchRoot: scratch,
    progress: new ProgressReporter(platform),
    running: new Map(),
    processorOf,
  }
  const worker = {
    id: workerId,
    poolId: '',
    host: hostname(),
    pid: process.pid,
    kinds: kinds.map((kind) => kind.name),
    concurrency,
  }

  await persistence.setKindLimits(
    database.db,
    new Map(kinds.map(({ name, maxRunning }) => [name, options.kindLimits?.get(name) ?? maxRunning])),
  )
  await persistence.registerWorker(database.db, worker)
  const stopping = new AbortController()
  const runner = await persistence.startJobRunner({
    url: settings.databaseUrl,
    concurrency,
    kinds,
    onAttempt: (payload) => runAttempt(host, payload),
    chores: options.chores === false ? null : choresOf(platform, stopping.signal),
    onRenamed: (poolId) => database.db.transaction((tx) => persistence.unlockPools(tx, [poolId])),
    onError: (message, cause) => log.warn(message, cause),
  })
  const row = () => ({ ...worker, poolId: runner.poolId })
  await persistence.registerWorker(database.db, row())
  const lease = keepLease(host, row)
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
    onChanged: (view, version, workspaceIds) => notifier.viewChanged(view, version, workspaceIds),
    warn: (message, cause) => log.warn(message, cause),
  })

  return {
    [Symbol.asyncDispose]: async () => {
      const ending = (async () => {
        await runner[Symbol.asyncDispose]()
        await Promise.all([...host.running.values()].map((attempt) => attempt.done))
      })().catch((cause: unknown) => log.warn('The queue could not be stopped in order.', cause))
      if (!(await settles(ending, finishWithinMs))) {
        stopping.abort()
        for (const attempt of host.running.values()) attempt.stop('shutdown')
        if (!(await settles(ending, HAND_BACK_WITHIN_MS))) log.warn('Some jobs would not stop; they are handed back.')
      }
      await handBack().catch((cause: unknown) => log.warn('Not all could be handed back; others rescue it.', cause))
      await Promise.all([views[Symbol.asyncDispose](), lease[Symbol.asyncDispose](), listening[Symbol.asyncDispose]()])
      await host.progress[Symbol.asyncDispose]()
      // After its last beat, which would write it down again.
      await persistence.removeWorker(database.db, workerId).catch(() => undefined)
      await rm(scratch, { recursive: true, force: true })
    },
  }

  async function handBack(): Promise<void> {
    // What failed while the queue was stopping would stay locked for hours.
    await database.db.transaction((tx) => persistence.unlockPools(tx, [runner.poolId]))
    await lease.handBack()
  }
}

async function settles(act: Promise<void>, withinMs: number): Promise<boolean> {
  const late = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => late.resolve(false), withinMs)
  try {
    return await Promise.race([act.then(() => true), late.promise])
  } finally {
    clearTimeout(timer)
  }
}
