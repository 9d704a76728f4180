import type { FileType } from '@bellhop/model'
import { Archive, AudioLines, File, FileText, Image, type LucideIcon, Table2, Video } from 'lucide-react'

export const FILE_TYPE_ICONS: Readonly<Record<FileType, LucideIcon>> = {
  image: Image,
  video: Video,
  audio: AudioLines,
  dataset: Table2,
  document: FileText,
  archive: Archive,
  other: File,
}

/** A colour of `theme.css`. */
export function fileTypeColor(type: FileType): string {
  return `var(--type-${type})`
}
