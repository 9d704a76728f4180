/** The families that a person filters by and that decide what is done with a file. */
export const FILE_TYPES = ['image', 'video', 'audio', 'dataset', 'document', 'archive', 'other'] as const
export type FileType = (typeof FILE_TYPES)[number]

export const OCTET_STREAM = 'application/octet-stream'

/** Types that we act on, by extension, where a browser says nothing or something vague. */
const BY_EXTENSION: Readonly<Record<string, string>> = {
  avif: 'image/avif',
  bmp: 'image/bmp',
  gif: 'image/gif',
  heic: 'image/heic',
  heif: 'image/heif',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  png: 'image/png',
  svg: 'image/svg+xml',
  tif: 'image/tiff',
  tiff: 'image/tiff',
  webp: 'image/webp',
  m4v: 'video/mp4',
  mkv: 'video/matroska',
  mov: 'video/quicktime',
  mp4: 'video/mp4',
  webm: 'video/webm',
  aac: 'audio/aac',
  flac: 'audio/flac',
  m4a: 'audio/mp4',
  mp3: 'audio/mpeg',
  ogg: 'audio/ogg',
  opus: 'audio/ogg',
  wav: 'audio/wav',
  csv: 'text/csv',
  json: 'application/json',
  jsonl: 'application/x-ndjson',
  ndjson: 'application/x-ndjson',
  parquet: 'application/vnd.apache.parquet',
  tsv: 'text/tab-separated-values',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  html: 'text/html',
  md: 'text/markdown',
  pdf: 'application/pdf',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  txt: 'text/plain',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  xml: 'application/xml',
  '7z': 'application/x-7z-compressed',
  gz: 'application/gzip',
  rar: 'application/vnd.rar',
  tar: 'application/x-tar',
  zip: 'application/zip',
}

const DATASET_TYPES: ReadonlySet<string> = new Set([
  'text/csv',
  'text/tab-separated-values',
  'application/json',
  'application/x-ndjson',
  'application/vnd.apache.parquet',
])
const ARCHIVE_TYPES: ReadonlySet<string> = new Set([
  'application/zip',
  'application/gzip',
  'application/x-tar',
  'application/x-7z-compressed',
  'application/vnd.rar',
])
/** What browsers and systems say for types of ours. A Windows machine with Excel calls every CSV an Excel sheet. */
const ALIASES: Readonly<Record<string, string>> = {
  'application/csv': 'text/csv',
  'application/jsonl': 'application/x-ndjson',
  'application/ndjson': 'application/x-ndjson',
  'application/vnd.ms-excel': 'text/csv',
  'application/x-zip-compressed': 'application/zip',
  'application/x-gzip': 'application/gzip',
  'application/x-parquet': 'application/vnd.apache.parquet',
  'audio/x-wav': 'audio/wav',
  'image/jpg': 'image/jpeg',
  'image/apng': 'image/png',
  'text/json': 'application/json',
  'video/x-m4v': 'video/mp4',
  'video/x-matroska': 'video/matroska',
  'audio/x-m4a': 'audio/mp4',
  'audio/x-flac': 'audio/flac',
  'audio/opus': 'audio/ogg',
}

/** `declared` is what the client says; an alias or a vague type gives way to the extension. */
export function mediaTypeOf(name: string, declared: string): string {
  const bare = declared.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  const extension = name.includes('.') ? name.slice(name.lastIndexOf('.') + 1).toLowerCase() : ''
  const byExtension = Object.hasOwn(BY_EXTENSION, extension) ? BY_EXTENSION[extension] : undefined
  if (bare === '' || bare === OCTET_STREAM || bare === 'text/plain' || bare === 'application/vnd.ms-excel') {
    return byExtension ?? (bare || OCTET_STREAM)
  }
  return canonicalMediaType(bare)
}

export function canonicalMediaType(mediaType: string): string {
  return Object.hasOwn(ALIASES, mediaType) ? (ALIASES[mediaType] ?? mediaType) : mediaType
}

export function fileTypeOf(mediaType: string): FileType {
  if (DATASET_TYPES.has(mediaType)) return 'dataset'
  if (ARCHIVE_TYPES.has(mediaType)) return 'archive'
  if (mediaType.startsWith('image/')) return 'image'
  if (mediaType.startsWith('video/')) return 'video'
  if (mediaType.startsWith('audio/')) return 'audio'
  if (mediaType.startsWith('text/') || mediaType === 'application/pdf' || mediaType.includes('officedocument'))
    return 'document'
  return 'other'
}

/**
 * What a browser may show in our pages' name without running it: pixels, sound, film. Never SVG, HTML, XML or PDF; and
 * whatever ends in `+xml`, be it called a film, is a document that may hold scripts.
 */
export function isInlineSafe(mediaType: string): boolean {
  return /^(image\/(avif|bmp|gif|jpeg|png|webp)|(audio|video)\/[\w.-]+)$/.test(mediaType)
}
