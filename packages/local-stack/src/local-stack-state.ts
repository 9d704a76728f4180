import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { z } from 'zod'
import { readIfPresent, writePrivateFile } from './private-file.ts'

const STATE_FILE = 'local-stack.json'
const port = z.int().min(1).max(65_535).optional()

/** What one start leaves for the next, so that addresses and keys that were handed out stay good. */
const localStackState = z.object({
  accessKeyId: z.string().min(1),
  secretAccessKey: z.string().min(1),
  postgresPort: port,
  s3Port: port,
})

export type LocalStackState = z.infer<typeof localStackState>

/** The kept state, or a new one with random credentials. */
export async function readState(dataDir: string): Promise<LocalStackState> {
  const text = await readIfPresent(join(dataDir, STATE_FILE))
  if (text !== undefined) return localStackState.parse(JSON.parse(text))
  return {
    accessKeyId: `bellhop${randomBytes(8).toString('hex')}`,
    secretAccessKey: randomBytes(30).toString('base64url'),
  }
}

/** Mode 0600, for it holds the secret. */
export async function writeState(dataDir: string, state: LocalStackState): Promise<void> {
  await writePrivateFile(join(dataDir, STATE_FILE), `${JSON.stringify(state, undefined, 2)}\n`)
}
