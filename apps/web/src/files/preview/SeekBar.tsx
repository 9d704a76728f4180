import type { JobOutput } from '@bellhop/model'
import { type PointerEvent, useState } from 'react'
import { useWords } from '../../words/use-words.ts'
import { usePreview } from '../use-preview.ts'
import { clockText } from './clock-text.ts'
import type { Playback } from './use-playback.ts'

const FRAME_PX = 160

interface SeekBarProps {
  readonly playback: Playback
  readonly filmstrip: JobOutput<'media.probe'>['filmstrip']
}

/** Where it is, and where it could go: the frame under the pointer shows above it. */
export function SeekBar({ playback, filmstrip }: SeekBarProps) {
  const { player } = useWords().file
  const { seconds, durationSeconds } = playback
  const [over, setOver] = useState<number | null>(null)
  const onPointerMove = ({ currentTarget, clientX }: PointerEvent) => {
    const { left, width } = currentTarget.getBoundingClientRect()
    setOver(Math.min(1, Math.max(0, (clientX - left) / width)))
  }
  return (
    <div className="relative px-3 pt-1">
      <div className="relative" onPointerMove={onPointerMove} onPointerLeave={() => setOver(null)}>
        {over !== null && (
          <span
            aria-hidden
            className="pointer-events-none absolute bottom-full z-10 flex -translate-x-1/2 flex-col items-center gap-1 pb-1"
            style={{ left: `clamp(${FRAME_PX / 2}px, ${over * 100}%, calc(100% - ${FRAME_PX / 2}px))` }}
          >
            {filmstrip !== null && <Frame filmstrip={filmstrip} seconds={over * durationSeconds} />}
            <span className="figures rounded bg-black/75 px-1.5 text-xs text-white">
              {clockText(over * durationSeconds)}
            </span>
          </span>
        )}
        <input
          type="range"
          aria-label={player.position}
          aria-valuetext={player.at(clockText(seconds), clockText(durationSeconds))}
          min={0}
          max={durationSeconds}
          step="any"
          value={seconds}
          onChange={(event) => playback.seek(event.target.valueAsNumber)}
          className="block h-5 w-full cursor-pointer accent-[#6cc3d5]"
        />
      </div>
    </div>
  )
}

function Frame({
  filmstrip,
  seconds,
}: {
  readonly filmstrip: NonNullable<SeekBarProps['filmstrip']>
  readonly seconds: number
}) {
  const url = usePreview(filmstrip.output)
  const { columns, rows, frameCount, frameWidth, frameHeight, intervalSeconds } = filmstrip
  const frame = Math.min(frameCount - 1, Math.floor(seconds / intervalSeconds))
  const width = Math.min(FRAME_PX, (FRAME_PX * frameWidth) / frameHeight)
  const height = (width * frameHeight) / frameWidth
  if (url === null) return null
  return (
    <span
      className="block rounded-md shadow-float ring-1 ring-white/40"
      style={{
        width,
        height,
        backgroundImage: `url("${url}")`,
        backgroundSize: `${columns * width}px ${rows * height}px`,
        backgroundPosition: `${-(frame % columns) * width}px ${-Math.floor(frame / columns) * height}px`,
      }}
    />
  )
}
