import readExif from 'exif-reader'
import { MAX_RIGHTS_CHARS } from './bounds.ts'

/** Whose an image is, as its EXIF says. */
export interface Rights {
  readonly artist?: string
  readonly copyright?: string
}

/** What cannot be read is not there: metadata is no reason to refuse an image. */
export function readRights(exif: Buffer | undefined): Rights {
  if (!exif) return {}
  try {
    const { Artist, Copyright } = readExif(exif).Image ?? {}
    const artist = kept(Artist)
    const copyright = kept(Copyright)
    return { ...(artist && { artist }), ...(copyright && { copyright }) }
  } catch {
    return {}
  }
}

/** What is not ASCII comes as its bytes, which programs of today write as UTF-8. */
function kept(value: unknown): string | undefined {
  const text = Buffer.isBuffer(value) ? value.toString('utf8') : value
  return typeof text === 'string' ? text.replaceAll('\0', ' ').trim().slice(0, MAX_RIGHTS_CHARS) : undefined
}
