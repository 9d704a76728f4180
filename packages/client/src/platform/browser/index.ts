import { BellhopError } from '../../bellhop-error.ts'
import { webSink } from '../../download/sink.ts'
import { Slots } from '../../slots.ts'
import { BlobSource } from '../../upload/blob-source.ts'
import { StreamSource } from '../../upload/stream-source.ts'
import type { Platform } from '../platform.ts'
import { streamOf, streamSize } from '../stream-input.ts'
import { putPart } from './put-part.ts'

/** A browser opens six connections to one origin over HTTP/1.1; more would only wait inside it. */
const CONNECTIONS = 6

export const platform: Platform = {
  partsAtOnce: CONNECTIONS,
  connections: new Slots(CONNECTIONS),
  uploads: new Slots(3),
  async openSource(input, options) {
    if (typeof input === 'string') {
      throw new BellhopError('SOURCE_UNREADABLE', 'A page cannot read a path; give the File that the person picked.')
    }
    if (input instanceof Blob) return new BlobSource(input, { name: options.name, sha256, sends: 'blob' })
    return new StreamSource(streamOf(input), {
      name: options.name ?? 'unnamed',
      sizeBytes: streamSize(options),
      sha256,
    })
  },
  putPart,
  async openSink(target) {
    if (target instanceof WritableStream) return webSink(target)
    throw new BellhopError('TARGET_UNWRITABLE', 'A page downloads to a WritableStream, or by `files.downloadUrl`.')
  },
  eventSource: () => ({ EventSource, carriesHeaders: false }),
}

/** WebCrypto exists in secure contexts only: https, and http on localhost. */
async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string | null> {
  const { subtle } = crypto as Partial<Crypto>
  if (!subtle) return null
  const digest = new Uint8Array(await subtle.digest('SHA-256', bytes))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
