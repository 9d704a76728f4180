import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'

export function dataDirOf(environment: NodeJS.ProcessEnv): string {
  return resolve(environment['BELLHOP_DATA_DIR'] || '.bellhop')
}

/** Where the server of this data folder listens; `start` keeps it there while it runs. */
export function addressFile(dataDir: string): string {
  return join(dataDir, 'address')
}

/** The owner's API key, written by the server on its first start. */
export function adminKeyFile(dataDir: string): string {
  return join(dataDir, 'admin-key')
}

/** What the server signs its cookies with; whoever may read it may sign in. */
export function secretFile(dataDir: string): string {
  return join(dataDir, 'secret')
}

/** What the embedded Postgres and object store say. */
export function stackLogFile(dataDir: string): string {
  return join(dataDir, 'local-stack.log')
}

/** Undefined when there is no such file, or it may not be read. */
export async function readLine(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim() || undefined
  } catch {
    return undefined
  }
}
