import type { CatalogEntry, FileType, OutputId } from '@bellhop/model'
import { useState } from 'react'
import { Blurhash } from '../ui/Blurhash.tsx'
import { FILE_TYPE_ICONS, fileTypeColor } from './file-type-look.ts'
import { LoudnessBars } from './preview/LoudnessBars.tsx'
import { usePreview } from './use-preview.ts'

interface ThumbnailProps {
  readonly file: {
    readonly name: string
    readonly type: FileType
    readonly thumbnail: OutputId | null
    readonly larger: CatalogEntry['larger']
    readonly width: number | null
    readonly height: number | null
    readonly blurhash: string | null
    readonly loudness: readonly number[] | null
  }
  readonly small?: boolean
}

/** Fills its parent. Decoration: the name stands beside it. */
export function Thumbnail({ file, small = false }: ThumbnailProps) {
  const url = usePreview(file.thumbnail)
  // Both are asked for in one request, so the browser chooses once.
  const larger = usePreview(small ? null : (file.larger?.id ?? null))
  const [loaded, setLoaded] = useState<string | null>(null)
  const loudness = small ? null : file.loudness
  const Icon = FILE_TYPE_ICONS[file.type]
  const color = fileTypeColor(file.type)
  const extension = file.name.includes('.') ? file.name.slice(file.name.lastIndexOf('.') + 1) : ''
  return (
    <span
      aria-hidden
      className="absolute inset-0 grid place-items-center overflow-hidden"
      style={{ background: `color-mix(in oklab, ${color} 9%, var(--sunken))` }}
    >
      {loudness !== null && (
        <span className="absolute inset-x-4 inset-y-1/4">
          <LoudnessBars bars={loudness} />
        </span>
      )}
      <span
        className={`flex flex-col items-center gap-2 max-sm:-translate-y-2 ${loaded === null && loudness === null ? '' : 'invisible'}`}
      >
        <Icon size={small ? 18 : 34} strokeWidth={small ? 1.9 : 1.4} style={{ color }} />
        {!small && extension.length > 0 && extension.length <= 8 && (
          <span className="text-xs font-semibold tracking-wide text-muted uppercase">{extension}</span>
        )}
      </span>
      {file.blurhash !== null && (
        <span
          // It goes when the picture has faded in: what is transparent in that shows what is below.
          className={`absolute inset-0 ${loaded === null ? '' : 'opacity-0 transition-opacity delay-300 duration-300'}`}
        >
          <Blurhash hash={file.blurhash} />
        </span>
      )}
      {url !== null && (
        <img
          src={url}
          {...(larger !== null && file.larger !== null && choice(file, { url, larger, largerPx: file.larger.width }))}
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

/** Pixels of a thumbnail's longer side. */
const THUMBNAIL_PX = 320

/** A card is 4 by 3 and filled: what is wider than it is shown wider than the card. */
function choice(
  { width, height }: ThumbnailProps['file'],
  { url, larger, largerPx }: { readonly url: string; readonly larger: string; readonly largerPx: number },
): { readonly srcSet: string; readonly sizes: string } {
  const ratio = width === null || height === null ? 1 : width / height
  const thumbnailPx = Math.round(THUMBNAIL_PX * Math.min(1, ratio))
  const filled = Math.max(1, (ratio * 3) / 4).toFixed(2)
  return {
    srcSet: `${url} ${thumbnailPx}w, ${larger} ${largerPx}w`,
    sizes: `(min-width: 40rem) calc(${filled} * 15rem), calc(${filled} * 50vw)`,
  }
}
