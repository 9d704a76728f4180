import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chown, mkdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { LocalStackError, systemCode } from '../local-stack-error.ts'
import { readIfPresent, writePrivateFile } from '../private-file.ts'
import { chooseAccount, type PostgresAccount } from './account.ts'
import { findBinaries, type PostgresBinaries } from './binaries.ts'

export const DATABASE = 'bellhop'
export const ROLE = 'bellhop'
const MAX_OUTPUT_BYTES = 64 * 1024

/** An initialised Postgres data folder and what is needed to run it. */
export type Cluster = { pgData: string; password: string; binaries: PostgresBinaries; account: PostgresAccount }

export type OpenOptions = {
  /** Whether a new cluster is flushed to the disk before it counts; true without it. */
  isDurable?: boolean
  signal?: AbortSignal
}

/** Opens the cluster in the folder, or makes one with its database. A crash half-way leaves nothing that is mistaken for one. */
export async function openCluster(dataDir: string, { isDurable = true, signal }: OpenOptions = {}): Promise<Cluster> {
  const binaries = await findBinaries()
  const pgData = join(dataDir, 'cluster')
  const account = await chooseAccount([dataDir, binaries.initdb, binaries.postgres])
  await giveTo(dataDir, account)
  const password = await readOrMakePassword(join(dataDir, 'password'), account)
  const cluster = { pgData, password, binaries, account }
  if (!(await exists(join(pgData, 'PG_VERSION')))) await initialise(cluster, dataDir, { isDurable, signal })
  return cluster
}

/** Starts one of the programs; in a session of its own, so that a Ctrl-C at the terminal goes to its owner only. */
export function runProgram({ account }: Cluster, program: string, args: string[], signal?: AbortSignal): ChildProcess {
  const [command = program, ...rest] = [...account.prefix, program, ...args]
  const setByPrefix = account.prefix.length > 0
  return spawn(command, rest, {
    ...(setByPrefix ? {} : account.owner),
    cwd: '/',
    detached: true,
    env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
    stdio: ['pipe', 'ignore', 'pipe'],
    ...(signal && { signal }),
  })
}

async function initialise(cluster: Cluster, dataDir: string, { isDurable, signal }: OpenOptions): Promise<void> {
  const draft = { ...cluster, pgData: join(dataDir, 'cluster.draft') }
  await rm(draft.pgData, { recursive: true, force: true })
  await mkdir(draft.pgData, { mode: 0o700 })
  await giveTo(draft.pgData, cluster.account)
  await complete(
    runProgram(
      draft,
      draft.binaries.initdb,
      [
        `--pgdata=${draft.pgData}`,
        `--username=${ROLE}`,
        `--pwfile=${join(dataDir, 'password')}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        // The builtin provider is the same on every machine; with C.UTF-8 pg_trgm finds the letters of all scripts.
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--locale=C',
        `--lc-ctype=${process.platform === 'darwin' ? 'UTF-8' : 'C.UTF-8'}`,
        '--no-instructions',
        ...(isDurable ? [] : ['--no-sync']),
      ],
      signal,
    ),
  )
  const single = ['--single', '-D', draft.pgData, '-c', `fsync=${isDurable ? 'on' : 'off'}`, 'postgres']
  await complete(runProgram(draft, draft.binaries.postgres, single, signal), `create database ${DATABASE}\n`)
  await rename(draft.pgData, cluster.pgData)
}

async function complete(child: ChildProcess, input = ''): Promise<void> {
  let output = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-MAX_OUTPUT_BYTES)
  })
  child.stdin?.on('error', () => {}).end(input)
  const [exitCode]: unknown[] = await once(child, 'close')
  if (exitCode === 0 && !output.includes('ERROR:')) return
  throw new LocalStackError(
    'POSTGRES_FAILED',
    `The Postgres data folder could not be made (exit code ${String(exitCode)}): ${output.trim() || 'no output'}`,
  )
}

async function readOrMakePassword(path: string, account: PostgresAccount): Promise<string> {
  const kept = await readIfPresent(path)
  if (kept !== undefined) return kept.trim()
  const password = randomBytes(24).toString('base64url')
  await writePrivateFile(path, `${password}\n`)
  await giveTo(path, account)
  return password
}

async function giveTo(path: string, { owner }: PostgresAccount): Promise<void> {
  if (owner) await chown(path, owner.uid, owner.gid)
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false
    throw error
  }
}
