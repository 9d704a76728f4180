import { mkdirSync, writeFileSync, existsSync } from 'node:fs'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import {
  consoleLog,
  ensureFirstOwner,
  issueApiKeyFor,
  listenForChanges,
  loadKinds,
  migrateDatabase,
  openPlatform,
  readEnvironment,
  signInLink,
} from '@bellhop/business'
import type { FirstOwner, Platform } from '@bellhop/business'
import { readConfig } from './config.ts'
import { createHttpServer } from './http.ts'
import { serveSockets } from './sockets.ts'

/** Requests that are on their way may take so long to end. */
const CLOSE_WITHIN_MS = 3_000

async function main(): Promise<void> {
  const config = readConfig(await readEnvironment())
  const log = consoleLog('server', { json: !process.stderr.isTTY })
  const { server, serve } = createHttpServer()
  const port = await listen(server, config.port, config.host)
  const settings = config.settings(port)

  const ownKinds = await loadKinds(settings.kindsDir)
  await migrateDatabase(settings)
  const stack = new AsyncDisposableStack()
  const platform = stack.use(openPlatform(settings, log, { name: 'bellhop server', ownKinds }))
  const owner = await ensureFirstOwner(platform)
  await keepAdminKey(platform, owner, settings.dataDir)
  const listening = stack.use(await listenForChanges(platform))
  const services = { platform, listening }
  // Sockets are told to leave before the server waits for its connections to end.
  stack.defer(() => close(server))
  stack.use(serveSockets(server, services))
  serve(services, config.pageDir)

  stopOn(stack)
  const link = await signInLink(platform, owner.email)
  if (process.send) process.send({ type: 'ready', url: settings.publicUrl, signInLink: link })
  else log.info(`Ready at ${settings.publicUrl}. Sign in: ${link}`)
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`Port ${port} is taken by another program; stop it, or choose another with PORT=3001.`)
          : error,
      )
    })
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port))
  })
}

/** Written where only this user reads it, for the CLI and the SDK on this machine. */
async function keepAdminKey(platform: Platform, owner: FirstOwner, dataDir: string): Promise<void> {
  const path = join(dataDir, 'admin-key')
  if (owner.newApiKey === null && existsSync(path)) return
  mkdirSync(dataDir, { recursive: true })
  writeFileSync(path, `${owner.newApiKey ?? (await issueApiKeyFor(platform, owner))}\n`, { mode: 0o600 })
}

async function close(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeIdleConnections()
  const timer = setTimeout(() => server.closeAllConnections(), CLOSE_WITHIN_MS)
  await closed
  clearTimeout(timer)
}

function stopOn(stack: AsyncDisposableStack): void {
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
}

await main().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error)
  if (process.send) process.send({ type: 'failed', message })
  else process.stderr.write(`server: ${message}\n`)
  process.exit(1)
})
