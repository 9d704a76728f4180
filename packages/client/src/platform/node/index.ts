import { createHash } from 'node:crypto'
import { EventSource } from 'eventsource'
import { Slots } from '../../slots.ts'
import { BlobSource } from '../../upload/blob-source.ts'
import { StreamSource } from '../../upload/stream-source.ts'
import type { Platform } from '../platform.ts'
import { streamOf, streamSize } from '../stream-input.ts'
import { NodeFileSource } from './file-source.ts'
import { putPart } from './put-part.ts'
import { openSink } from './sinks.ts'

export const platform: Platform = {
  partsAtOnce: 4,
  connections: new Slots(8),
  uploads: new Slots(4),
  async openSource(input, options) {
    if (typeof input === 'string') return NodeFileSource.open(input, options.name)
    if (input instanceof Blob) return new BlobSource(input, { name: options.name, sha256, sends: 'bytes' })
    return new StreamSource(streamOf(input), {
      name: options.name ?? 'unnamed',
      sizeBytes: streamSize(options),
      sha256,
    })
  },
  putPart,
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
