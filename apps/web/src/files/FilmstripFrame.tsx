import type { Filmstrip } from '@bellhop/model'

interface FilmstripFrameProps {
  readonly filmstrip: Filmstrip
  readonly url: string
  /** Where in the video, 0 to 1. */
  readonly at: number
}

/** Width over height of a card. */
const CARD_RATIO = 4 / 3

/** One frame of a strip, filling a card as its poster does. */
export function FilmstripFrame({ filmstrip, url, at }: FilmstripFrameProps) {
  const { columns, rows, frameCount, frameWidth, frameHeight } = filmstrip
  const frame = Math.min(frameCount - 1, Math.floor(at * frameCount))
  const ratio = frameWidth / frameHeight / CARD_RATIO
  return (
    <span
      aria-hidden
      className="absolute top-1/2 left-1/2 -translate-1/2"
      style={{
        width: `${Math.max(1, ratio) * 100}%`,
        height: `${Math.max(1, 1 / ratio) * 100}%`,
        backgroundImage: `url("${url}")`,
        backgroundSize: `${columns * 100}% ${rows * 100}%`,
        backgroundPosition: `${share(frame % columns, columns)}% ${share(Math.floor(frame / columns), rows)}%`,
      }}
    />
  )
}

/** Per cent that puts the one of so many in sight. */
function share(index: number, count: number): number {
  return count === 1 ? 0 : (index / (count - 1)) * 100
}
