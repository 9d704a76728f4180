import type { FileDetail, JobOutput } from '@bellhop/model'
import { Maximize2 } from 'lucide-react'
import { useState } from 'react'
import { Button, DialogTrigger } from 'react-aria-components'
import { Blurhash } from '../../ui/Blurhash.tsx'
import { useWords } from '../../words/use-words.ts'
import { usePreview } from '../use-preview.ts'
import { ImageViewer } from './ImageViewer.tsx'
import { pictureSources, sourceFor } from './picture-sources.ts'

/** Wide enough for the largest place that a page has for it, twice over on a fine screen. */
const WANTED_PX = 1280
/** On what is smaller the sign would cover the picture. */
const MIN_HINT_PX = 96

interface ImagePreviewProps {
  readonly file: FileDetail
  readonly output: JobOutput<'image.variants'>
}

/** The blur at once, the picture when it is there; the frame has its size from the start, so that nothing jumps. Pressed, it fills the window. */
export function ImagePreview({ file, output }: ImagePreviewProps) {
  const words = useWords()
  const sources = pictureSources(file, output)
  const url = usePreview(sourceFor(sources, WANTED_PX)?.id ?? null)
  const [loaded, setLoaded] = useState(false)
  return (
    <div className="checkers grid place-items-center p-4">
      <div
        className="group relative max-h-[70dvh] max-w-full overflow-hidden rounded-lg"
        style={{
          aspectRatio: `${output.width} / ${output.height}`,
          width: `min(100%, ${output.width}px, ${(output.width / output.height) * 70}dvh)`,
        }}
      >
        {!loaded && <Blurhash hash={output.blurhash} />}
        {url !== null && (
          <img
            src={url}
            alt={words.file.previewOf(file.name)}
            onLoad={() => setLoaded(true)}
            className={`absolute inset-0 size-full object-contain transition-opacity duration-300 ${loaded ? '' : 'opacity-0'}`}
          />
        )}
        <DialogTrigger>
          <Button
            aria-label={words.file.openViewer(file.name)}
            className="absolute inset-0 flex cursor-zoom-in items-end justify-end rounded-lg p-2 -outline-offset-2 data-[focus-visible]:outline-2 data-[focus-visible]:outline-accent"
          >
            {output.width >= MIN_HINT_PX && output.height >= MIN_HINT_PX && (
              <span className="grid size-8 place-items-center rounded-lg bg-black/55 text-white transition-opacity group-focus-within:opacity-100 group-hover:opacity-100 pointer-fine:opacity-0">
                <Maximize2 aria-hidden size={16} strokeWidth={2} />
              </span>
            )}
          </Button>
          <ImageViewer file={file} output={output} sources={sources} />
        </DialogTrigger>
      </div>
    </div>
  )
}
