import { consoleLog, migrateDatabase, openPlatform, startWorker } from '@bellhop/business'
import { readConfig } from './config.ts'

async function main(): Promise<void> {
  const { settings, concurrency, scratchRoot } = readConfig(process.env)
  const log = consoleLog('worker', { json: !process.stderr.isTTY })
  await migrateDatabase(settings)
  const stack = new AsyncDisposableStack()
  const platform = stack.use(openPlatform(settings, log, { name: 'bellhop worker' }))
  stack.use(await startWorker(platform, { concurrency, scratchRoot }))

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
