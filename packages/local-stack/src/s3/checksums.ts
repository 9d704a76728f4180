import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { createCRC32, createCRC64, type IHasher } from 'hash-wasm'

export type ChecksumAlgorithm = 'CRC32' | 'CRC32C' | 'CRC64NVME' | 'SHA1' | 'SHA256'
export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE'
/** `value` is base64; of a multipart object with a composite checksum it ends with `-` and the number of parts. */
export type Checksum = { algorithm: ChecksumAlgorithm; value: string }

export type RunningDigest = { update(chunk: Buffer): void; digest(): Buffer }

const CRC32C_POLYNOMIAL = 0x82f63b78
const CRC64_NVME_POLYNOMIAL = '9a6c9329ac4bc9b5'

const STARTERS: Record<ChecksumAlgorithm, () => RunningDigest | Promise<RunningDigest>> = {
  CRC32: startCrc32,
  CRC32C: async () => fromWasm(await createCRC32(CRC32C_POLYNOMIAL)),
  CRC64NVME: async () => fromWasm(await createCRC64(CRC64_NVME_POLYNOMIAL)),
  SHA1: () => createHash('sha1'),
  SHA256: () => createHash('sha256'),
}

export const CHECKSUM_ALGORITHMS = Object.keys(STARTERS) as ChecksumAlgorithm[]

export function asChecksumAlgorithm(name: string | undefined): ChecksumAlgorithm | undefined {
  return CHECKSUM_ALGORITHMS.find((algorithm) => algorithm === name?.toUpperCase())
}

export function checksumHeader(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`
}

/** The name of the element that holds such a checksum in S3's XML. */
export function checksumElement(algorithm: ChecksumAlgorithm): string {
  return `Checksum${algorithm}`
}

export async function startChecksum(algorithm: ChecksumAlgorithm): Promise<RunningDigest> {
  return STARTERS[algorithm]()
}

function startCrc32(): RunningDigest {
  let value = 0
  return {
    update: (chunk) => {
      value = crc32(chunk, value)
    },
    digest: () => {
      const bytes = Buffer.alloc(4)
      bytes.writeUInt32BE(value)
      return bytes
    },
  }
}

function fromWasm(hasher: IHasher): RunningDigest {
  hasher.init()
  return {
    update: (chunk) => void hasher.update(chunk),
    digest: () => Buffer.from(hasher.digest('binary')),
  }
}
