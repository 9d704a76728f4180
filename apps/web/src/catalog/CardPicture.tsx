import type { CatalogEntry } from '@bellhop/model'
import { clockText } from '../files/preview/clock-text.ts'
import { FilmstripFrame } from '../files/FilmstripFrame.tsx'
import { Thumbnail } from '../files/Thumbnail.tsx'
import { usePreview } from '../files/use-preview.ts'
import { useWords } from '../words/use-words.ts'
import { durationText } from './file-facts.ts'
import { FileState } from './FileState.tsx'

interface CardPictureProps {
  readonly file: CatalogEntry
  /** How far through a video is looked at, 0 to 1; null: its poster. */
  readonly at: number | null
}

/** What a file looks like, how long it plays, and what is going on with it. */
export function CardPicture({ file, at }: CardPictureProps) {
  const { catalog } = useWords()
  const { filmstrip, durationSeconds } = file
  const plays = durationText(file)
  const strip = usePreview(at === null || filmstrip === null ? null : filmstrip.output)
  const shown = at !== null && filmstrip !== null && strip !== null
  return (
    <span className="relative aspect-4/3 overflow-hidden border-b border-line">
      <Thumbnail file={file} />
      {shown && <FilmstripFrame filmstrip={filmstrip} url={strip} at={at} />}
      {shown && <span className="absolute bottom-0 left-0 h-0.75 bg-[#6cc3d5]" style={{ width: `${at * 100}%` }} />}
      <span className="absolute inset-x-2 bottom-2 flex items-end justify-between gap-2">
        <span className="min-w-0">
          <FileState file={file} />
        </span>
        {plays !== null && (
          <span className="figures shrink-0 rounded bg-black/75 px-1.5 text-xs leading-5 font-medium text-white">
            <span className="sr-only">{catalog.duration} </span>
            {shown ? clockText(at * (durationSeconds ?? 0)) : plays}
          </span>
        )}
      </span>
    </span>
  )
}
