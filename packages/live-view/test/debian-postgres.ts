import { execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, chown, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import postgres from 'postgres'
import { freePort } from './postgres-server.ts'

/** Where Debian's package puts the oldest version that is served. */
const BIN = '/usr/lib/postgresql/15/bin'
const CONNECTS_MAX = 100
const CONNECT_AGAIN_MS = 50

export const hasDebianPostgres = existsSync(join(BIN, 'postgres'))

export interface DebianPostgres extends AsyncDisposable {
  readonly url: string
}

/** Starts it in a folder of its own. Postgres refuses to be root, so that root starts it as the package's user. */
export async function startDebianPostgres(): Promise<DebianPostgres> {
  const dir = await mkdtemp(join(tmpdir(), 'live-view-debian-'))
  const owner = process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : undefined
  if (owner) await chown(dir, owner.uid, owner.gid)
  await chmod(dir, 0o700)
  const data = join(dir, 'data')
  await promisify(execFile)(join(BIN, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync'], {
    ...owner,
  })
  const port = await freePort()
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off', `port=${port}`]
  const server = spawn(join(BIN, 'postgres'), ['-D', data, ...settings.flatMap((setting) => ['-c', setting])], {
    ...owner,
    stdio: 'ignore',
  })
  const exited = once(server, 'exit')
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  await connects(url)
  return {
    url,
    async [Symbol.asyncDispose]() {
      server.kill('SIGINT')
      await exited
      await rm(dir, { recursive: true, force: true })
    },
  }
}

function idOf(flag: '-u' | '-g'): number {
  return Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
}

async function connects(url: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const client = postgres(url, { max: 1, onnotice: () => {} })
    try {
      await client`select 1`
      return
    } catch (error) {
      if (attempt === CONNECTS_MAX) throw error
      await new Promise((resolve) => setTimeout(resolve, CONNECT_AGAIN_MS))
    } finally {
      await client.end({ timeout: 1 })
    }
  }
}
