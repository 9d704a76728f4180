import { S3Error } from './errors.ts'

/** Both ends included, in bytes. */
export type ByteRange = { start: number; end: number }

/** The one range that a Range header asks for; undefined when it asks for several or cannot be read, which means all of it. Throws `InvalidRange`. */
export function parseRange(header: string | undefined, sizeBytes: number): ByteRange | undefined {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '') ?? []
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined
  const start = first === '' ? Math.max(sizeBytes - Number(last), 0) : Number(first)
  const end = first === '' || last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1)
  if (start >= sizeBytes || (first === '' && Number(last) === 0)) {
    throw new S3Error('InvalidRange', undefined, { 'content-range': `bytes */${sizeBytes}` })
  }
  return { start, end }
}
