import { useWords } from '../../words/use-words.ts'
import { clockText } from './clock-text.ts'
import type { Playback } from './use-playback.ts'

const BARS_MAX = 160
/** Of a bar that says silence. */
const MIN_HEIGHT = 0.03

/** Bars as high as it is loud; what has been heard is in full colour. The slider over it is what is pressed. */
export function Waveform({ playback, peaks }: { readonly playback: Playback; readonly peaks: readonly number[] }) {
  const { player } = useWords().file
  const { seconds, durationSeconds } = playback
  const bars = loudest(peaks, BARS_MAX)
  // A quiet recording has its shape too.
  const top = Math.max(MIN_HEIGHT, ...bars)
  const heard = (seconds / durationSeconds) * bars.length
  return (
    <div className="relative h-28 px-4 pt-4">
      <svg aria-hidden viewBox={`0 0 ${bars.length} 2`} preserveAspectRatio="none" className="size-full">
        {bars.map((peak, index) => {
          const height = Math.max(MIN_HEIGHT, peak / top)
          return (
            <rect
              // oxlint-disable-next-line react/no-array-index-key -- a bar is its place
              key={index}
              x={index + 0.18}
              y={1 - height}
              width={0.64}
              height={2 * height}
              fill="var(--type-audio)"
              opacity={index < heard ? 1 : 0.38}
            />
          )
        })}
      </svg>
      <input
        type="range"
        aria-label={player.position}
        aria-valuetext={player.at(clockText(seconds), clockText(durationSeconds))}
        min={0}
        max={durationSeconds}
        step="any"
        value={seconds}
        onChange={(event) => playback.seek(event.target.valueAsNumber)}
        className="peer absolute inset-0 mx-4 cursor-pointer opacity-0"
      />
      <span className="pointer-events-none absolute inset-1 rounded-lg peer-focus-visible:outline-2 peer-focus-visible:outline-accent" />
    </div>
  )
}

function loudest(peaks: readonly number[], most: number): number[] {
  const count = Math.max(1, Math.min(most, peaks.length))
  return Array.from({ length: count }, (_, index) =>
    peaks
      .slice(Math.floor((index * peaks.length) / count), Math.floor(((index + 1) * peaks.length) / count))
      .reduce((top, peak) => Math.max(top, peak), 0),
  )
}
