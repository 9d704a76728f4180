import { createHash, randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BellhopError } from '../../src/index.ts'

export interface RandomFile {
  readonly path: string
  readonly bytes: Buffer
  readonly sha256: string
}

let made = 0

export async function randomFile(dir: string, sizeBytes: number): Promise<RandomFile> {
  const bytes = randomBytes(sizeBytes)
  made += 1
  const path = join(dir, `file-${made}.bin`)
  await writeFile(path, bytes)
  return { path, bytes, sha256: sha256Of(bytes) }
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** What it rejects with. */
export async function failureOf(promise: Promise<unknown>): Promise<BellhopError> {
  const error: unknown = await promise.catch((cause: unknown) => cause)
  if (error instanceof BellhopError) return error
  throw new Error(`Expected a BellhopError, got ${JSON.stringify(error)}`)
}
