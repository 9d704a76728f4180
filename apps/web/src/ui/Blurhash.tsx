import { decode, isBlurhashValid } from 'blurhash'
import { useEffect, useRef } from 'react'

/** Pixels on each side; the browser smooths the rest. */
const SIDE = 32

/** The blur that stands in while an image loads. */
export function Blurhash({ hash }: { readonly hash: string }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (context === null || context === undefined || !isBlurhashValid(hash).result) return
    const image = context.createImageData(SIDE, SIDE)
    image.data.set(decode(hash, SIDE, SIDE))
    context.putImageData(image, 0, 0)
  }, [hash])
  return <canvas ref={canvas} aria-hidden width={SIDE} height={SIDE} className="absolute inset-0 size-full" />
}
