import { XMLBuilder, XMLParser, XMLValidator } from 'fast-xml-parser'
import { S3Error } from './errors.ts'

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/'
const REPEATED = new Set([
  'AllowedHeader',
  'AllowedMethod',
  'AllowedOrigin',
  'CORSRule',
  'ExposeHeader',
  'Object',
  'Part',
  'Rule',
])

const parser = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  trimValues: false,
  htmlEntities: true,
  isArray: (name) => REPEATED.has(name),
})

const builder = new XMLBuilder({
  ignoreAttributes: false,
  processEntities: false,
  tagValueProcessor: (_name, value) => escapeText(String(value)),
})

/** The content of the root element. Throws `MalformedXML`. */
export function parseXml(text: string, rootName: string): Record<string, unknown> {
  if (XMLValidator.validate(text) !== true) throw new S3Error('MalformedXML')
  const document: unknown = parser.parse(text)
  const root = isRecord(document) ? document[rootName] : undefined
  if (!isRecord(root)) throw new S3Error('MalformedXML')
  return root
}

/** An S3 document. Undefined values are left out, arrays become repeated elements. */
export function buildXml(rootName: string, content: Record<string, unknown>): string {
  return builder.build({
    '?xml': { '@_version': '1.0', '@_encoding': 'UTF-8' },
    [rootName]: { '@_xmlns': NAMESPACE, ...content },
  })
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Control characters too, which object keys may hold and which an XML reader would drop or change. */
function escapeText(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return text.replace(/[&<>"'\u0000-\u001f\u007f]/g, (character) => `&#${character.codePointAt(0)};`)
}
