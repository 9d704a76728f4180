import { Buffer, isUtf8 } from 'node:buffer'
import { createReadStream, createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { MAX_CONTROL_SHARE, TEXT_CHUNK_BYTES } from './bounds.ts'
import { unreadableDataset } from './dataset-error.ts'

type TextEncodingName = 'utf-8' | 'utf-16le' | 'utf-16be' | 'euc-kr' | 'windows-1252'

const WORDS: Readonly<Record<TextEncodingName, string>> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16 (little-endian)',
  'utf-16be': 'UTF-16 (big-endian)',
  'euc-kr': 'Korean CP949 (EUC-KR)',
  'windows-1252': 'Western European (Windows-1252)',
}

export interface DecodedText {
  readonly encoding: TextEncodingName
  /** A UTF-8 text: the source itself when it was one. */
  readonly path: string
  /** Said when the text was rewritten. */
  readonly note: string | null
}

/**
 * Finds the encoding of a text and makes it UTF-8, in constant memory. A byte order mark decides; without one, zero bytes
 * tell UTF-16; then the whole text must be UTF-8, or CP949, as Korean programs write; then what Western ones did.
 */
export async function decodeText(path: string, head: Uint8Array, target: string): Promise<DecodedText> {
  const wide = utf16Of(head)
  if (wide !== null) {
    if (!(await transcodes(path, target, wide))) throw notText()
    return { encoding: wide, path: target, note: transcodedNote(wide) }
  }
  if (controlShare(head) > MAX_CONTROL_SHARE) throw notText()
  const badByteAt = await findInvalidUtf8(path)
  if (badByteAt === null) return { encoding: 'utf-8', path, note: null }
  // Text that begins as proper UTF-8 beyond ASCII is UTF-8 with a broken byte; to guess on would garble all of it.
  if (badByteAt >= head.length && head.some((byte) => byte > 0x7f)) {
    throw unreadableDataset(
      `it is UTF-8 text, but near byte ${badByteAt.toLocaleString('en')} is something else.`,
      'Save it again as UTF-8, then upload it.',
    )
  }
  for (const encoding of ['euc-kr', 'windows-1252'] as const) {
    if (encoding === 'windows-1252' && !looksWestern(head)) break
    if (await transcodes(path, target, encoding)) return { encoding, path: target, note: transcodedNote(encoding) }
  }
  throw notText()
}

function transcodedNote(encoding: TextEncodingName): string {
  return `The file is in ${WORDS[encoding]}; it was converted to UTF-8 before it was read, and its Parquet copy is UTF-8.`
}

function notText() {
  return unreadableDataset(
    'it holds binary data, or text in an unknown encoding.',
    'Save it as UTF-8 text (CSV, TSV, JSON), then upload it again.',
  )
}

function utf16Of(head: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be'
  const zeros = [0, 0]
  for (const [index, byte] of head.entries()) if (byte === 0) zeros[index % 2]! += 1 // -- the index is 0 or 1
  const [even = 0, odd = 0] = zeros
  // Even Korean text has separators and line ends, whose other byte is zero, always on the same side.
  const enough = head.length * 0.02
  if (odd > enough && even <= odd * 0.01) return 'utf-16le'
  if (even > enough && odd <= even * 0.01) return 'utf-16be'
  return null
}

/** Of the bytes that no text has: C0 controls but for tab, line feed, form feed, carriage return, escape. */
function controlShare(head: Uint8Array): number {
  let controls = 0
  for (const byte of head) if (byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 12 && byte !== 13) controls += 1
  return head.length === 0 ? 0 : controls / head.length
}

/** Mostly ASCII, and none of the five bytes that Windows-1252 leaves undefined: it decodes anything, so it must look so. */
function looksWestern(head: Uint8Array): boolean {
  let high = 0
  for (const byte of head) {
    if (byte === 0x81 || byte === 0x8d || byte === 0x8f || byte === 0x90 || byte === 0x9d) return false
    if (byte > 0x7f) high += 1
  }
  return high < head.length * 0.2
}

/** The offset of the first character that is not UTF-8, or null. */
async function findInvalidUtf8(path: string): Promise<number | null> {
  let carry: Buffer = Buffer.alloc(0)
  let offset = 0
  for await (const chunk of createReadStream(path, { highWaterMark: TEXT_CHUNK_BYTES }) as AsyncIterable<Buffer>) {
    const bytes = carry.length > 0 ? Buffer.concat([carry, chunk]) : chunk
    const whole = bytes.length - incompleteTail(bytes)
    if (!isUtf8(bytes.subarray(0, whole))) return offset + validPrefix(bytes.subarray(0, whole))
    offset += whole
    carry = bytes.subarray(whole)
  }
  return carry.length === 0 ? null : offset
}

/** Bytes of UTF-8 before the first that are not, found by halving. */
function validPrefix(bytes: Buffer): number {
  let valid = 0
  let invalid = bytes.length
  while (invalid - valid > 1) {
    const middle = Math.floor((valid + invalid) / 2)
    const prefix = bytes.subarray(0, middle)
    if (isUtf8(prefix.subarray(0, middle - incompleteTail(prefix)))) valid = middle
    else invalid = middle
  }
  return valid
}

/** How many bytes at the end begin a character that the next chunk ends. */
function incompleteTail(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back]! // -- within the length
    if (byte < 0x80 || byte > 0xf4) return 0
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
      return length > back ? back : 0
    }
  }
  return 0
}

async function transcodes(path: string, target: string, encoding: TextEncodingName): Promise<boolean> {
  try {
    await transcode(path, target, encoding)
    return true
  } catch (error) {
    if (error instanceof TypeError) return false
    throw error
  }
}

/** Throws a TypeError when the text is not in that encoding. */
async function transcode(path: string, target: string, encoding: TextEncodingName): Promise<void> {
  // Node's own decoder for `euc-kr` knows none of the 8,822 syllables that CP949 added: it refuses some and garbles others.
  // Its `windows-1252` has been Latin-1 in some versions. Loaded only here, because most texts are UTF-8.
  const { TextDecoder: LegacyDecoder } = await import('@exodus/bytes/encoding.js')
  const Decoder = encoding === 'euc-kr' || encoding === 'windows-1252' ? LegacyDecoder : TextDecoder
  const decoder = new Decoder(encoding, { fatal: true })
  await pipeline(
    createReadStream(path, { highWaterMark: TEXT_CHUNK_BYTES }),
    async function* (source: AsyncIterable<Buffer>) {
      for await (const chunk of source) yield decoder.decode(chunk, { stream: true })
      yield decoder.decode()
    },
    createWriteStream(target),
  )
}
