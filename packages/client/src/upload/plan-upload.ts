import type { FileId, UploadId } from '@bellhop/model'
import { LIMITS, partCount, partLength, partSizeBytes } from '@bellhop/model'
import { BellhopError } from '../bellhop-error.ts'
import { sourceDiffers } from './failures.ts'
import type { Platform } from '../platform/platform.ts'
import type { UploadSource } from './source.ts'
import type { BeginUpload } from './upload-calls.ts'
import type { UploadPort } from './upload-port.ts'
import type { UploadOptions } from './upload-options.ts'
import type { UploadWork } from './upload-work.ts'

/** How a source is cut, before the server is asked: by the rules of the model, which are the server's. */
export function newWork(
  uploadId: UploadId,
  { sizeBytes }: Pick<UploadSource, 'sizeBytes'>,
  { minPartBytes }: Pick<Platform, 'minPartBytes'>,
): UploadWork {
  const fresh = { uploadId, isBegun: false, arrived: new Map<number, string | null>() }
  if (sizeBytes === null) {
    return { ...fresh, mode: 'multipart', sizeBytes, partSizeBytes: LIMITS.unknownSizePartBytes, partCount: null }
  }
  if (sizeBytes < LIMITS.singlePutBelowBytes) {
    return { ...fresh, mode: 'single', sizeBytes, partSizeBytes: sizeBytes, partCount: 1 }
  }
  const part = partSizeBytes(sizeBytes, minPartBytes)
  return { ...fresh, mode: 'multipart', sizeBytes, partSizeBytes: part, partCount: partCount(sizeBytes, part) }
}

/** What begins it on the server. The fingerprint is taken while the first part is read. */
export function beginning(
  port: UploadPort,
  { uploadId, mode }: UploadWork,
  source: UploadSource,
  options: UploadOptions,
  fingerprint: Promise<string | null>,
  { minPartBytes }: Pick<Platform, 'minPartBytes'>,
): BeginUpload {
  const mediaType = options.mediaType ?? source.mediaType
  return async (parts) => {
    const print = await fingerprint
    const sha256 = mode === 'single' ? parts[0]?.sha256 : undefined
    return port.start(
      {
        uploadId,
        name: source.name,
        sizeBytes: source.sizeBytes,
        minPartSizeBytes: minPartBytes,
        ...(mediaType ? { mediaType } : {}),
        ...(options.tags ? { tags: [...options.tags] } : {}),
        ...(options.startJobs === undefined ? {} : { startJobs: options.startJobs }),
        ...(sha256 ? { sha256 } : {}),
        ...(mode === 'multipart' ? { parts: [...parts] } : {}),
        ...(print ? { fingerprint: print } : {}),
      },
      new AbortController().signal,
    )
  }
}

export interface Found {
  readonly fileId: FileId
  readonly fingerprint: string | null
  readonly arrivedBytes: number
}

/** An upload that was left open, as the server knows it, to be gone on with from this source. */
export async function foundWork(
  port: UploadPort,
  uploadId: UploadId,
  source: UploadSource,
  signal: AbortSignal,
): Promise<{ work: UploadWork; found: Found }> {
  const [found, fingerprint] = await Promise.all([
    port.get({ uploadId }, signal),
    source.sizeBytes !== null && source.sizeBytes >= LIMITS.singlePutBelowBytes ? source.fingerprint(signal) : null,
  ])
  const { mode, sizeBytes, partCount: count } = found
  if (sizeBytes === null || count === null) {
    throw new BellhopError('SOURCE_UNREADABLE', 'A stream cannot be read twice; upload it anew.')
  }
  const differs = found.fingerprint !== null && fingerprint !== null && found.fingerprint !== fingerprint
  if (sizeBytes !== source.sizeBytes || differs) throw sourceDiffers(source.name).with({ uploadId })
  const partBytes = mode === 'single' ? sizeBytes : found.partSizeBytes
  // Of an upload that has ended, completing answers the file or says why there is none.
  const arrived =
    found.status === 'OPEN'
      ? new Map(found.arrived.map(({ number, sha256 }) => [number, sha256]))
      : new Map(Array.from({ length: count }, (_, index) => [index + 1, null]))
  let arrivedBytes = 0
  for (const number of arrived.keys()) arrivedBytes += partLength(number, sizeBytes, partBytes)
  return {
    work: { uploadId, isBegun: true, mode, sizeBytes, partSizeBytes: partBytes, partCount: count, arrived },
    found: { fileId: found.fileId, fingerprint, arrivedBytes },
  }
}
