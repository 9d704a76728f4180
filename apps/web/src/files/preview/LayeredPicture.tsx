import { useState } from 'react'
import { Blurhash } from '../../ui/Blurhash.tsx'
import { usePreview } from '../use-preview.ts'
import type { PictureSource } from './picture-sources.ts'

interface LayeredPictureProps {
  readonly source: PictureSource
  readonly alt: string
  readonly blurhash: string
  /** So close that its pixels are to be seen as they are. */
  readonly squares: boolean
}

/** The best that has come stays until a better one is there: no zoom shows an empty place. */
export function LayeredPicture({ source, alt, blurhash, squares }: LayeredPictureProps) {
  const wanted = usePreview(source.id)
  const [shown, setShown] = useState<string | null>(null)
  const coming = wanted !== null && wanted !== shown ? wanted : null
  const look = `absolute inset-0 size-full max-w-none ${squares ? '[image-rendering:pixelated]' : ''}`
  return (
    <>
      {shown === null && <Blurhash hash={blurhash} />}
      {shown !== null && <img src={shown} alt={alt} draggable={false} className={look} />}
      {coming !== null && (
        <img
          key={coming}
          src={coming}
          alt={shown === null ? alt : ''}
          draggable={false}
          onLoad={() => setShown(coming)}
          className={`${look} opacity-0`}
        />
      )}
    </>
  )
}
