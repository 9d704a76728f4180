import type { JobOutput, OutputFile } from '@bellhop/model'
import { useState } from 'react'
import { Blurhash } from '../ui/Blurhash.tsx'
import { useWords } from '../words/use-words.ts'
import { usePreview } from './use-preview.ts'

/** Wide enough for the largest place that a page has for it, twice over on a fine screen. */
const WANTED_PX = 1280

/** The blur at once, the picture when it is there; the frame has its size from the start, so that nothing jumps. */
export function ImagePreview({
  name,
  output,
}: {
  readonly name: string
  readonly output: JobOutput<'image.variants'>
}) {
  const words = useWords()
  const url = usePreview(bestPreview(output.files)?.id ?? null)
  const [loaded, setLoaded] = useState(false)
  return (
    <div className="checkers grid place-items-center p-4">
      <div
        className="relative max-h-[70dvh] max-w-full overflow-hidden rounded-lg"
        style={{
          aspectRatio: `${output.width} / ${output.height}`,
          width: `min(100%, ${output.width}px, ${(output.width / output.height) * 70}dvh)`,
        }}
      >
        {!loaded && <Blurhash hash={output.blurhash} />}
        {url !== null && (
          <img
            src={url}
            alt={words.file.previewOf(name)}
            onLoad={() => setLoaded(true)}
            className={`absolute inset-0 size-full object-contain transition-opacity duration-300 ${loaded ? '' : 'opacity-0'}`}
          />
        )}
      </div>
    </div>
  )
}

/** The smallest WebP that is wide enough, else the widest: every browser shows WebP. */
function bestPreview(files: readonly OutputFile[]): OutputFile | undefined {
  const candidates = files
    .filter((file) => file.mediaType === 'image/webp')
    .toSorted((a, b) => (a.width ?? 0) - (b.width ?? 0))
  return candidates.find((file) => (file.width ?? 0) >= WANTED_PX) ?? candidates.at(-1)
}
