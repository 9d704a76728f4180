import { setFileFault, setFileVerified } from '@bellhop/persistence'
import { defineProcessor } from './processor.ts'

const DAMAGED_NAMED = 1_000

export const fileVerifyProcessor = defineProcessor(
  'file.verify',
  async ({ input, objects, advance, log }) => {
    advance('reading')
    const { promisedBytes, stored, isHashed } = await objects.verify(input.fileId, (readBytes, ofBytes) => {
      advance('reading', readBytes, ofBytes)
    })
    log(stored ? `Read ${stored.sizeBytes} of ${promisedBytes} bytes.` : 'The store has no such object any more.')
    if (!stored) return { sizeBytes: 0, ok: false, damagedParts: [], sha256: null }
    const isWhole = stored.sizeBytes === promisedBytes && stored.damagedParts.length === 0
    return {
      sizeBytes: stored.sizeBytes,
      ok: isWhole && !isHashed ? null : isWhole,
      damagedParts: stored.damagedParts.slice(0, DAMAGED_NAMED),
      sha256: stored.sha256,
    }
  },
  async (tx, { fileId }, { ok, sha256 }) => {
    // Without hashes nothing can be said of the bytes: neither that they are whole nor that they are not.
    if (ok === true) await setFileVerified(tx, fileId)
    if (ok === false) await setFileFault(tx, [fileId], sha256 === null ? 'missing' : 'damaged')
  },
)
