import { S3Error } from './errors.ts'

/** What a request's address names, path style: `/bucket/key?query`. */
export type RequestTarget = {
  bucket?: string
  key?: string
  /** Percent-encoded the one way that signatures are computed over, however the client wrote it. */
  canonicalPath: string
  query: Record<string, string | string[]>
}

/** Throws `InvalidURI`. */
export function parseTarget(url: string): RequestTarget {
  if (!url.startsWith('/')) throw new S3Error('InvalidURI')
  const queryAt = url.indexOf('?')
  const path = decodePath(queryAt < 0 ? url : url.slice(0, queryAt))
  const slash = path.indexOf('/', 1)
  const bucket = path.slice(1, slash < 0 ? undefined : slash)
  const key = slash < 0 ? '' : path.slice(slash + 1)
  return {
    ...(bucket && { bucket }),
    ...(key && { key }),
    canonicalPath: path.split('/').map(encode).join('/'),
    query: queryAt < 0 ? {} : parseQuery(url.slice(queryAt + 1)),
  }
}

/** As in a URI (RFC 3986): everything but the unreserved characters is encoded. */
export function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`)
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    throw new S3Error('InvalidURI')
  }
}

function parseQuery(text: string): Record<string, string | string[]> {
  const parameters = new URLSearchParams(text)
  const names = new Set(parameters.keys())
  const entries = Array.from(names, (name) => {
    const values = parameters.getAll(name)
    return [name, values.length === 1 ? (values[0] ?? '') : values] as const
  })
  return Object.fromEntries(entries)
}
