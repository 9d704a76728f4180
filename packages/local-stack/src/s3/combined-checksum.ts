import { createHash } from 'node:crypto'
import type { ChecksumAlgorithm, ChecksumType } from './checksums.ts'

type Crc = { bits: number; polynomial: bigint }

/** Polynomials in reflected form, as these three are computed. */
const CRCS: Partial<Record<ChecksumAlgorithm, Crc>> = {
  CRC32: { bits: 32, polynomial: 0xedb88320n },
  CRC32C: { bits: 32, polynomial: 0x82f63b78n },
  CRC64NVME: { bits: 64, polynomial: 0x9a6c9329ac4bc9b5n },
}

/** What a multipart upload gets when it does not say; CRC64NVME exists for whole objects only, as S3 has it. */
export function defaultChecksumType(algorithm: ChecksumAlgorithm): ChecksumType {
  return algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE'
}

export function isPossibleType(algorithm: ChecksumAlgorithm, type: ChecksumType): boolean {
  if (algorithm === 'CRC64NVME') return type === 'FULL_OBJECT'
  return type === 'COMPOSITE' || algorithm in CRCS
}

/** The checksum of a multipart object from those of its parts (base64), without reading their bytes again. */
export function combineChecksums(
  algorithm: ChecksumAlgorithm,
  type: ChecksumType,
  parts: { size: number; value: string }[],
): string {
  if (type === 'FULL_OBJECT') return combineCrcs(algorithm, parts)
  const joined = Buffer.concat(parts.map(({ value }) => Buffer.from(value, 'base64')))
  return `${digestOf(algorithm, joined)}-${parts.length}`
}

function digestOf(algorithm: ChecksumAlgorithm, bytes: Buffer): string {
  const crc = CRCS[algorithm]
  if (crc) return toBase64(crcOf(crc, bytes), crc.bits)
  return createHash(algorithm.toLowerCase()).update(bytes).digest('base64')
}

function combineCrcs(algorithm: ChecksumAlgorithm, parts: { size: number; value: string }[]): string {
  const crc = CRCS[algorithm]
  if (!crc) throw new Error(`${algorithm} has no checksum of the whole object.`)
  const shifts = new Map<number, bigint>()
  let combined = 0n
  for (const { size, value } of parts) {
    let shift = shifts.get(size)
    if (shift === undefined) shifts.set(size, (shift = shiftBy(crc, BigInt(size) * 8n)))
    combined = multiply(crc, shift, combined) ^ BigInt(`0x${Buffer.from(value, 'base64').toString('hex')}`)
  }
  return toBase64(combined, crc.bits)
}

/** x to the power of `bitCount`, modulo the polynomial: multiplying a CRC by it appends that many zero bits. */
function shiftBy(crc: Crc, bitCount: bigint): bigint {
  let result = 1n << BigInt(crc.bits - 1)
  let square = result >> 1n
  for (let rest = bitCount; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = multiply(crc, square, result)
    square = multiply(crc, square, square)
  }
  return result
}

function multiply({ bits, polynomial }: Crc, left: bigint, right: bigint): bigint {
  let product = 0n
  let shifted = right
  for (let bit = 1n << BigInt(bits - 1); bit > 0n; bit >>= 1n) {
    if (left & bit) product ^= shifted
    shifted = shifted & 1n ? (shifted >> 1n) ^ polynomial : shifted >> 1n
  }
  return product
}

/** Bit by bit: for the few bytes of joined part checksums. */
function crcOf({ bits, polynomial }: Crc, bytes: Buffer): bigint {
  const ones = (1n << BigInt(bits)) - 1n
  let value = ones
  for (const byte of bytes) {
    value ^= BigInt(byte)
    for (let bit = 0; bit < 8; bit++) value = value & 1n ? (value >> 1n) ^ polynomial : value >> 1n
  }
  return value ^ ones
}

function toBase64(value: bigint, bits: number): string {
  return Buffer.from(value.toString(16).padStart(bits / 4, '0'), 'hex').toString('base64')
}
