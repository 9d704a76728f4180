import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { LIMITS } from '@bellhop/model'
import { EventSource } from 'eventsource'
import { BellhopError } from '../../bellhop-error.ts'
import { Slots } from '../../slots.ts'
import { BlobSource } from '../../upload/blob-source.ts'
import { Lanes } from '../../upload/lanes.ts'
import { LARGE_WEIGHT } from '../../upload/upload-weight.ts'
import type { Platform } from '../platform.ts'
import { streamSource } from '../stream-input.ts'
import { fileMemory } from './file-memory.ts'
import { NodeFileSource } from './file-source.ts'
import { putPart } from './put-part.ts'
import { readRange } from './read-range.ts'
import { openSink } from './sinks.ts'

export const platform: Platform = {
  lanes: new Lanes({ start: 4, max: 16 }),
  downloadLanes: new Lanes({ start: 4, max: 8 }),
  minPartBytes: LIMITS.minPartSizeBytes,
  uploads: new Slots(4 * LARGE_WEIGHT),
  async sizeOf(input, { sizeBytes = null }) {
    if (typeof input === 'string')
      return stat(input).then(
        ({ size }) => size,
        () => null,
      )
    return input instanceof Blob ? input.size : sizeBytes
  },
  async openSource(input, options) {
    if (typeof input === 'string') return NodeFileSource.open(input, options.name)
    if (input instanceof Blob) return new BlobSource(input, { name: options.name, sha256, sends: 'bytes' })
    if ('getFile' in input)
      throw new BellhopError('SOURCE_UNREADABLE', 'Node has no file handles of pages; give a path.')
    return streamSource(input, options, sha256)
  },
  journal: null,
  memory: fileMemory,
  putPart,
  readRange,
  openSha256: () => createHash('sha256'),
  openSink,
  eventSource: (headers) => ({
    EventSource: class extends EventSource {
      constructor(url: string | URL) {
        super(url, { fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, ...headers } }) })
      }
    },
    carriesHeaders: true,
  }),
}

function sha256(bytes: Uint8Array): Promise<string> {
  return Promise.resolve(createHash('sha256').update(bytes).digest('hex'))
}
