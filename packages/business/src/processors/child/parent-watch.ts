import { writeSync } from 'node:fs'
import process from 'node:process'
import { parentPort, workerData } from 'node:worker_threads'
import { MEMORY_SPENT } from './memory-spent.ts'
import { killGroup } from './process-group.ts'

/**
 * A thread of its own, because native code, or that of a kind, may keep the main thread busy for as long as it likes, which
 * then hears neither that the worker has died nor how much memory is used.
 */
const LOOK_EVERY_MS = 200
// -- whoever starts this thread gives it these
const { workerPid, maxBytes = Number.POSITIVE_INFINITY } = workerData as { workerPid: number; maxBytes?: number }

setInterval(() => {
  if (process.ppid !== workerPid) killGroup(process.pid)
  if (process.memoryUsage.rss() <= maxBytes) return
  writeSync(2, MEMORY_SPENT)
  killGroup(process.pid)
}, LOOK_EVERY_MS)
parentPort?.unref()
