import {
  consoleLog,
  isPassing,
  loadKinds,
  migrateDatabase,
  openPlatform,
  queueExamination,
  readEnvironment,
  startWorker,
  workerConnections,
} from '@bellhop/business'
import { readConfig } from './config.ts'

async function main(): Promise<void> {
  const { settings, ...options } = readConfig(await readEnvironment())
  const log = consoleLog('worker', { json: !process.stderr.isTTY })
  // graphile-worker lets go of promises when a connection dies under it. The queue is supervised and what it loses is
  // queued again, so such a rejection is no reason to drop the jobs that run; any other ends the process, as it should.
  process.on('unhandledRejection', (cause) => {
    if (isPassing(cause)) return log.warn('A connection was lost.', cause)
    log.error('The worker met an error that nobody handled.', cause)
    process.exit(1)
  })
  const ownKinds = await loadKinds(settings.kindsDir)
  await migrateDatabase(settings)
  const stack = new AsyncDisposableStack()
  const platform = stack.use(
    openPlatform(settings, log, {
      name: 'bellhop worker',
      maxConnections: workerConnections(options.concurrency),
      ownKinds,
    }),
  )
  stack.use(await startWorker(platform, options))
  await queueExamination(platform)

  let stopping = false
  const stop = () => {
    if (stopping) return
    stopping = true
    void stack.disposeAsync().finally(() => process.exit(0))
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  // Whoever started us is gone.
  process.on('disconnect', stop)
  if (process.send) process.send({ type: 'ready' })
  else log.info('Ready.')
}

await main().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error)
  if (process.send) process.send({ type: 'failed', message })
  else process.stderr.write(`worker: ${message}\n`)
  process.exit(1)
})
