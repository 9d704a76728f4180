import { createHash } from 'node:crypto'
import { appendFile, mkdir, readFile, rm, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { FileId } from '@bellhop/model'

/** What tells that a file is the one that was sent. */
interface SentFile {
  readonly path: string
  readonly sizeBytes: number
  readonly modifiedMs: number
  readonly id: FileId
}

interface SentListOptions {
  readonly stateDir: string
  readonly url: string
  /** As the command named them. */
  readonly named: readonly string[]
}

/**
 * What one command over many files has sent, noted beside the journal of uploads, so that `--resume` sends only the rest.
 * Begun anew by each command that does not go on, and gone once everything has arrived. A list that cannot be written
 * costs sending again, nothing else.
 */
export class SentList {
  readonly #path: string
  readonly #sent: ReadonlyMap<string, SentFile>
  #writing: Promise<void>

  private constructor(path: string, sent: ReadonlyMap<string, SentFile>, begun: Promise<void>) {
    this.#path = path
    this.#sent = sent
    this.#writing = begun
  }

  /** `resume`: go on with the list of the same command. */
  static async open({ stateDir, url, named }: SentListOptions, resume: boolean): Promise<SentList> {
    const dir = join(stateDir, 'sent')
    const command = JSON.stringify([new URL(url).href, ...named.map((path) => resolve(path))])
    const path = join(dir, `${createHash('sha256').update(command).digest('hex').slice(0, 32)}.jsonl`)
    const sent = resume ? await readSent(path) : new Map<string, SentFile>()
    const begun = resume ? mkdir(dir, { recursive: true }) : mkdir(dir, { recursive: true }).then(() => remove(path))
    return new SentList(
      path,
      sent,
      begun.then(
        () => {},
        () => {},
      ),
    )
  }

  /** The id under which this very file, by size and time, arrived before. */
  async idOf(path: string): Promise<FileId | undefined> {
    const before = this.#sent.get(resolve(path))
    if (!before) return undefined
    const found = await stat(path).catch(() => undefined)
    return found?.size === before.sizeBytes && found.mtimeMs === before.modifiedMs ? before.id : undefined
  }

  add(path: string, id: FileId): void {
    this.#writing = this.#writing
      .then(async () => {
        const { size: sizeBytes, mtimeMs: modifiedMs } = await stat(path)
        const sent: SentFile = { path: resolve(path), sizeBytes, modifiedMs, id }
        await appendFile(this.#path, `${JSON.stringify(sent)}\n`, { mode: 0o600 })
      })
      .catch(() => {})
  }

  /** When all that was to be noted is. */
  settled(): Promise<void> {
    return this.#writing
  }

  /** Everything has arrived. */
  async close(): Promise<void> {
    await this.#writing
    await remove(this.#path)
  }
}

async function readSent(path: string): Promise<Map<string, SentFile>> {
  const text = await readFile(path, 'utf8').catch(() => '')
  const sent = new Map<string, SentFile>()
  for (const line of text.split('\n').filter(Boolean)) {
    const file = parsed(line)
    if (file) sent.set(file.path, file)
  }
  return sent
}

/** The last line may have been cut off with the process that wrote it. */
function parsed(line: string): SentFile | undefined {
  try {
    return JSON.parse(line) as SentFile // -- written by `add`
  } catch {
    return undefined
  }
}

function remove(path: string): Promise<void> {
  return rm(path, { force: true })
}
