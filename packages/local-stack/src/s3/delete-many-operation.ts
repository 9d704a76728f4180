import { readText } from './body.ts'
import { unquote } from './conditions.ts'
import { S3Error } from './errors.ts'
import { MAX_PAGE } from './limits.ts'
import { isValidKeyLength } from './object-key.ts'
import type { Operation } from './operation.ts'
import { xmlResponse } from './response.ts'
import { isRecord, parseXml } from './xml.ts'

const MAX_DOCUMENT_BYTES = 8 * 1024 * 1024

export const deleteObjects: Operation = async ({ store, request, bucketName }) => {
  const bucket = store.get(bucketName)
  const document = parseXml(await readText(request, MAX_DOCUMENT_BYTES), 'Delete')
  const isQuiet = document['Quiet'] === 'true'
  const deleted: { Key: string }[] = []
  const errors: { Key: string; Code: string; Message: string }[] = []
  for (const { key, etag } of parseObjects(document['Object'])) {
    try {
      await bucket.objects.remove(key, (current) => {
        if (etag !== undefined && current?.etag !== etag) throw new S3Error('PreconditionFailed')
      })
      deleted.push({ Key: key })
    } catch (error) {
      if (!(error instanceof S3Error)) throw error
      errors.push({ Key: key, Code: error.code, Message: error.message })
    }
  }
  return xmlResponse('DeleteResult', { Deleted: isQuiet ? undefined : deleted, Error: errors })
}

function parseObjects(elements: unknown): { key: string; etag?: string }[] {
  if (!Array.isArray(elements) || elements.length > MAX_PAGE) throw new S3Error('MalformedXML')
  return elements.map((element: unknown) => {
    const { Key: key, ETag: etag, VersionId: version } = isRecord(element) ? element : {}
    if (typeof key !== 'string' || !isValidKeyLength(key)) throw new S3Error('MalformedXML')
    if (version !== undefined) throw new S3Error('NotImplemented', 'This store keeps no versions.')
    return { key, ...(typeof etag === 'string' && { etag: unquote(etag) }) }
  })
}
