import { randomFillSync } from 'node:crypto'
import { open } from 'node:fs/promises'
import { MIB } from '@bellhop/model'

const BLOCK_BYTES = 16 * MIB

/** Bytes that neither a disk nor a line can make smaller. Made once and then in the page cache for all. */
export async function writeRandomFile(path: string, sizeBytes: number, signal: AbortSignal): Promise<void> {
  await using file = await open(path, 'wx')
  const block = Buffer.allocUnsafeSlow(BLOCK_BYTES)
  for (let at = 0; at < sizeBytes; at += BLOCK_BYTES) {
    signal.throwIfAborted()
    randomFillSync(block)
    await file.write(block, 0, Math.min(BLOCK_BYTES, sizeBytes - at), at)
  }
  await file.sync()
}
