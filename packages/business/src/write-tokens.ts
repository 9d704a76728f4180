import { readWriteToken } from '@bellhop/persistence'
import type { Database } from '@bellhop/persistence'
import type { Context } from './caller.ts'
import { SharedReads } from './shared-reads.ts'

/** Tokens for those who wrote, one read for all who ask at the same time: it names all that was committed before it began. */
export class WriteTokens {
  readonly #database: Database
  readonly #reads = new SharedReads<string>()

  constructor(database: Database) {
    this.#database = database
  }

  read(): Promise<string> {
    return this.#reads.read('token', () => readWriteToken(this.#database))
  }
}

/**
 * By this the caller's next reads show what it has written, on any server. Undefined when the database does not say: the
 * write has been done all the same.
 */
export async function writeToken({ platform }: Context): Promise<string | undefined> {
  return platform.writeTokens.read().catch((cause: unknown) => {
    platform.log.warn('No write token could be had; the caller may read what was there before it wrote.', cause)
    return undefined
  })
}
