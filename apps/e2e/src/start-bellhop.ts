import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setTimeout as delay } from 'node:timers/promises'
import type { ProcessId } from './processes.ts'
import { isAlive, processTree } from './processes.ts'

const COMMAND = fileURLToPath(new URL('../../cli/src/main.ts', import.meta.url))
const READY_MS = 90_000
const STOP_MS = 30_000
/** Between two looks at whether processes are gone. */
const LOOK_MS = 25

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface StartOptions {
  /** Default: a new temporary one, removed at the end. */
  readonly dataDir?: string
  /** What is set besides, such as `BELLHOP_KINDS_DIR`. */
  readonly env?: Readonly<Record<string, string>>
}

/** The real `bellhop start`, on a data folder of its own and a free port. */
export async function startBellhop({ dataDir, env = {} }: StartOptions = {}): Promise<RunningBellhop> {
  const temporary = dataDir === undefined ? await mkdtemp(join(tmpdir(), 'bellhop-e2e-')) : undefined
  const bellhop = new RunningBellhop(dataDir ?? join(temporary ?? '', 'data'), temporary, env)
  try {
    await bellhop.restart()
    return bellhop
  } catch (error) {
    await bellhop[Symbol.asyncDispose]()
    throw error
  }
}

/** Runs the command line to its end. */
export async function runCommand(args: readonly string[], env: Record<string, string>): Promise<Ended> {
  const child = spawnCommand(args, env)
  const printed = collect(child)
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, ...printed }
}

export class RunningBellhop implements AsyncDisposable {
  readonly dataDir: string
  readonly #temporary: string | undefined
  readonly #env: Readonly<Record<string, string>>
  #child: ChildProcess | undefined
  #url = ''
  #apiKey = ''
  #signInLink = ''

  constructor(dataDir: string, temporary: string | undefined, env: Readonly<Record<string, string>> = {}) {
    this.dataDir = dataDir
    this.#temporary = temporary
    this.#env = env
  }

  /** It may be another after a restart. */
  get url(): string {
    return this.#url
  }

  /** The owner's. */
  get apiKey(): string {
    return this.#apiKey
  }

  /** The one that this start printed; it works once. */
  signInLink(): string {
    return this.#signInLink
  }

  /** Of the command that was started; it is a process group of its own. */
  get pid(): number {
    return this.#child?.pid ?? 0
  }

  /** Server, worker, local stack, Postgres, and whatever those have started. Linux only. */
  pids(): ProcessId[] {
    return processTree(this.pid)
  }

  pidOf(app: 'server' | 'worker'): number {
    const found = this.pids().find(({ commandLine }) => commandLine.includes(`apps/${app}/`))
    if (found === undefined) throw new Error(`No process of apps/${app} runs under ${this.pid}.`)
    return found.pid
  }

  /** Starts again on the same folder, what runs of it having been stopped. */
  async restart(): Promise<void> {
    if (this.#isRunning()) await this.stop()
    const child = spawnCommand(['start'], { ...this.#env, BELLHOP_DATA_DIR: this.dataDir, PORT: '0' })
    this.#child = child
    // Whatever ends the tests takes it along.
    const onExit = () => signalGroup(child, 'SIGKILL')
    process.once('exit', onExit)
    child.once('exit', () => process.off('exit', onExit))
    const stdout = await untilReady(child)
    this.#url = /ready at (\S+)/.exec(stdout)?.[1] ?? ''
    this.#signInLink = /Sign in:\s+(\S+)/.exec(stdout)?.[1] ?? ''
    this.#apiKey = (await readFile(join(this.dataDir, 'admin-key'), 'utf8')).trim()
  }

  /** As a power cut: every process of it gets SIGKILL. Resolves to them when all are gone. */
  async killAll(): Promise<ProcessId[]> {
    const all = this.pids()
    for (const { pid } of all) kill(pid)
    await untilGone(all, STOP_MS)
    return all
  }

  /** As Ctrl-C in a terminal: SIGINT to the process group. Resolves to its exit code. */
  async stop(): Promise<number | null> {
    const child = this.#child
    if (!child || !this.#isRunning()) return child?.exitCode ?? null
    const closed = once(child, 'close')
    signalGroup(child, 'SIGINT')
    const timer = setTimeout(() => void this.killAll(), STOP_MS)
    await closed
    clearTimeout(timer)
    return child.exitCode
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const all = this.pids()
    await this.stop()
    await untilGone(all, STOP_MS)
    if (this.#temporary) await rm(this.#temporary, { recursive: true, force: true })
  }

  #isRunning(): boolean {
    return this.#child?.exitCode === null && this.#child.signalCode === null
  }
}

function spawnCommand(args: readonly string[], env: Record<string, string>): ChildProcess {
  const { PATH = '', HOME = '' } = process.env
  return spawn(process.execPath, [COMMAND, ...args], {
    env: { PATH, HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
}

function collect(child: ChildProcess): { stdout: string; stderr: string } {
  const printed = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      printed[name] += text
    })
  }
  return printed
}

async function untilReady(child: ChildProcess): Promise<string> {
  const printed = collect(child)
  const signal = AbortSignal.timeout(READY_MS)
  const ended = Promise.withResolvers<never>()
  const fail = () => ended.reject(new Error(`\`bellhop start\` was not ready:\n${printed.stdout}${printed.stderr}`))
  child.once('close', fail)
  signal.addEventListener('abort', fail)
  try {
    // The welcome is one write, but nothing promises that it arrives as one.
    while (!/Stop:.*\n/.test(printed.stdout)) {
      await Promise.race([once(child.stdout ?? child, 'data', { signal }), ended.promise])
    }
    return printed.stdout
  } finally {
    child.off('close', fail)
    signal.removeEventListener('abort', fail)
  }
}

/** Rejects and names those that are left after `withinMs`. */
async function untilGone(processes: readonly ProcessId[], withinMs: number): Promise<void> {
  const deadline = performance.now() + withinMs
  let left = processes.filter(isAlive)
  while (left.length > 0) {
    if (performance.now() > deadline) {
      throw new Error(`Still alive: ${left.map(({ pid, commandLine }) => `${pid} ${commandLine}`).join('; ')}`)
    }
    await delay(LOOK_MS)
    left = left.filter(isAlive)
  }
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid !== undefined) kill(-child.pid, signal)
}

function kill(pid: number, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It was gone before.
  }
}
