import process from 'node:process'
import { parentPort, workerData } from 'node:worker_threads'
import { killGroup } from '../processors/child/process-group.ts'

/**
 * A thread of its own, because the code of a kind may keep the main thread busy for as long as it likes, which then does
 * not hear that the worker has died.
 */
const LOOK_EVERY_MS = 500
const workerPid: unknown = workerData

setInterval(() => {
  if (process.ppid !== workerPid) killGroup(process.pid)
}, LOOK_EVERY_MS)
parentPort?.unref()
