import { MIB } from '@bellhop/model'
import { BellhopError } from '../../bellhop-error.ts'
import { webSink } from '../../download/sink.ts'
import { Slots } from '../../slots.ts'
import { BlobSource } from '../../upload/blob-source.ts'
import { Lanes } from '../../upload/lanes.ts'
import { LARGE_WEIGHT } from '../../upload/upload-weight.ts'
import type { Platform } from '../platform.ts'
import { streamSource } from '../stream-input.ts'
import { fileMemory } from './file-memory.ts'
import { indexedDbJournal } from './indexed-db-journal.ts'
import { putPart } from './put-part.ts'
import { readRange } from './read-range.ts'

/** A browser opens six connections to one origin over HTTP/1.1; more would only wait inside it. */
const CONNECTIONS = 6

/** A slice of a File costs Chromium by the request: parts of 16 MiB were sent 1.3 × as fast as those of 8. */
const PART_BYTES = 16 * MIB

export const platform: Platform = {
  lanes: new Lanes({ start: CONNECTIONS, max: CONNECTIONS }),
  downloadLanes: new Lanes({ start: 1, max: 1 }),
  minPartBytes: PART_BYTES,
  uploads: new Slots(3 * LARGE_WEIGHT),
  async sizeOf(input, { sizeBytes = null }) {
    if (input instanceof Blob) return input.size
    if (typeof input === 'object' && 'getFile' in input) return (await fileOf(input)).size
    return sizeBytes
  },
  async openSource(input, options) {
    if (typeof input === 'string') {
      throw new BellhopError('SOURCE_UNREADABLE', 'A page cannot read a path; give the File that the person picked.')
    }
    const blob = input instanceof Blob ? input : 'getFile' in input ? await fileOf(input) : null
    if (blob) return new BlobSource(blob, { name: options.name, sha256, sends: 'blob' })
    return streamSource(input as Exclude<typeof input, Blob | FileSystemFileHandle>, options, sha256)
  },
  journal: indexedDbJournal,
  memory: fileMemory,
  putPart,
  readRange,
  openSha256: null,
  async openSink(target) {
    if (target instanceof WritableStream) return webSink(target)
    throw new BellhopError('TARGET_UNWRITABLE', 'A page downloads to a WritableStream, or by `files.downloadUrl`.')
  },
  eventSource: () => ({ EventSource, carriesHeaders: false }),
}

async function fileOf(handle: FileSystemFileHandle): Promise<File> {
  try {
    return await handle.getFile()
  } catch (cause) {
    throw new BellhopError('SOURCE_UNREADABLE', `${handle.name} was removed, or may not be read any more.`, { cause })
  }
}

/** WebCrypto exists in secure contexts only: https, and http on localhost. */
async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string | null> {
  const { subtle } = crypto as Partial<Crypto>
  if (!subtle) return null
  const digest = new Uint8Array(await subtle.digest('SHA-256', bytes))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
