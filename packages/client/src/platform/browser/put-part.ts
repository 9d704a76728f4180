import { BellhopError, abortError } from '../../bellhop-error.ts'
import { putAnswer } from '../put-answer.ts'
import type { PutAnswer, PutRequest } from '../platform.ts'

/** A browser sets these itself and refuses to be told. */
const FORBIDDEN = new Set(['content-length', 'host'])

/** `XMLHttpRequest` and not `fetch`: only it reports the bytes that are on their way. */
export function putPart({ url, headers, content, onSent, signal }: PutRequest): Promise<PutAnswer> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(abortError(signal))
    const request = new XMLHttpRequest()
    const onAbort = () => request.abort()
    signal.addEventListener('abort', onAbort, { once: true })
    request.open('PUT', url)
    for (const [name, value] of Object.entries(headers)) {
      if (!FORBIDDEN.has(name.toLowerCase())) request.setRequestHeader(name, value)
    }
    request.upload.addEventListener('progress', (event) => onSent(event.loaded))
    request.addEventListener('load', () =>
      resolve(
        putAnswer(request.status, request.responseText, {
          etag: header(request, 'etag'),
          retryAfter: header(request, 'retry-after'),
        }),
      ),
    )
    request.addEventListener('error', () =>
      reject(
        new BellhopError('NETWORK', 'The connection to the object store broke, or it allows no page of this origin.'),
      ),
    )
    request.addEventListener('abort', () => reject(abortError(signal)))
    request.addEventListener('loadend', () => signal.removeEventListener('abort', onAbort))
    if (content.kind === 'stream') return reject(new TypeError('A browser sends bytes and blobs only.'))
    request.send(content.kind === 'blob' ? content.blob : content.bytes)
  })
}

/** A header that CORS does not expose is not there, and asking for it by name complains on the console. */
function header(request: XMLHttpRequest, name: 'etag' | 'retry-after'): string | null {
  return new RegExp(`^${name}: *(.*)$`, 'im').exec(request.getAllResponseHeaders())?.[1]?.trim() ?? null
}
