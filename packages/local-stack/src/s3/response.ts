import { buildXml } from './xml.ts'

export type S3Response = {
  status: number
  headers?: Record<string, string>
  body?: string | AsyncIterable<Buffer>
  /** Called once the answer was sent, or could not be. */
  release?: () => Promise<void>
}

export function xmlResponse(
  rootName: string,
  content: Record<string, unknown>,
  headers: Record<string, string> = {},
): S3Response {
  return { status: 200, headers: { 'content-type': 'application/xml', ...headers }, body: buildXml(rootName, content) }
}
