import type { FileType, OutputId } from '@bellhop/model'
import { useState } from 'react'
import { Blurhash } from '../ui/Blurhash.tsx'
import { FILE_TYPE_ICONS, fileTypeColor } from './file-type-look.ts'
import { usePreview } from './use-preview.ts'

interface ThumbnailProps {
  readonly file: {
    readonly name: string
    readonly type: FileType
    readonly thumbnail: OutputId | null
    readonly blurhash: string | null
  }
  readonly small?: boolean
}

/** Fills its parent. Decoration: the name stands beside it. */
export function Thumbnail({ file, small = false }: ThumbnailProps) {
  const url = usePreview(file.thumbnail)
  const [loaded, setLoaded] = useState<string | null>(null)
  const Icon = FILE_TYPE_ICONS[file.type]
  const color = fileTypeColor(file.type)
  const extension = file.name.includes('.') ? file.name.slice(file.name.lastIndexOf('.') + 1) : ''
  return (
    <span
      aria-hidden
      className="absolute inset-0 grid place-items-center overflow-hidden"
      style={{ background: `color-mix(in oklab, ${color} 9%, var(--sunken))` }}
    >
      <span className="flex flex-col items-center gap-2 max-sm:-translate-y-2">
        <Icon size={small ? 18 : 34} strokeWidth={small ? 1.9 : 1.4} style={{ color }} />
        {!small && extension.length > 0 && extension.length <= 8 && (
          <span className="text-xs font-semibold tracking-wide text-muted uppercase">{extension}</span>
        )}
      </span>
      {file.blurhash !== null && <Blurhash hash={file.blurhash} />}
      {url !== null && (
        <img
          src={url}
          alt=""
          loading="lazy"
          decoding="async"
          onLoad={() => setLoaded(url)}
          className={`absolute inset-0 size-full object-cover transition-opacity duration-300 ${loaded === null ? 'opacity-0' : ''}`}
        />
      )}
    </span>
  )
}
