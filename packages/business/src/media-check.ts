import { AppError, OCTET_STREAM, canonicalMediaType, fileTypeOf } from '@bellhop/model'
import { fileTypeFromBuffer } from 'file-type'

/** Types whose files begin with a mark. Bytes without it are something else, whatever they are called. */
const MARKED =
  /^(image\/(avif|bmp|gif|hei[cf]|jpeg|png|tiff|webp)|video\/(mp4|quicktime|webm|matroska)|application\/(pdf|zip|gzip|vnd\.apache\.parquet))$/
/** Containers that file-type names for what they are made of, not for what they are. */
const CONTAINERS: Readonly<Record<string, RegExp>> = {
  'application/xml': /xml|html/,
  'application/zip': /officedocument|epub|opendocument|zip/,
  'application/x-cfb': /msword|ms-excel|ms-powerpoint|cfb/,
}

/**
 * What the bytes are, by their first bytes, given what they were announced as.
 * @throws AppError TYPE_MISMATCH when they are of another family
 */
export async function checkedMediaType(announced: string, start: Uint8Array): Promise<string> {
  if (start.length === 0) return announced
  const sniffed = await fileTypeFromBuffer(start)
  const found = sniffed && canonicalMediaType(sniffed.mime)
  if (!found) {
    if (MARKED.test(announced)) throw mismatch(announced, 'something else')
    return announced
  }
  if (announced === OCTET_STREAM || announced === found) return found
  if (CONTAINERS[found]?.test(announced)) return announced
  if (family(found) === family(announced)) return found
  throw mismatch(announced, found)
}

/** Film and sound share containers. */
function family(mediaType: string): string {
  const type = fileTypeOf(mediaType)
  return type === 'audio' ? 'video' : type
}

function mismatch(announced: string, found: string): AppError {
  return new AppError(
    'TYPE_MISMATCH',
    `The file was announced as ${announced}, but its first bytes are those of ${found}. Check the file and upload it under its true type.`,
    {
      details: { announced, found },
    },
  )
}
