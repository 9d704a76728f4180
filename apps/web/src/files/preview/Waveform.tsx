import { useWords } from '../../words/use-words.ts'
import { clockText } from './clock-text.ts'
import { LoudnessBars } from './LoudnessBars.tsx'
import type { Playback } from './use-playback.ts'

const BARS_MAX = 160

/** Bars as high as it is loud; what has been heard is in full colour. The slider over it is what is pressed. */
export function Waveform({ playback, peaks }: { readonly playback: Playback; readonly peaks: readonly number[] }) {
  const { player } = useWords().file
  const { seconds, durationSeconds } = playback
  const bars = loudest(peaks, BARS_MAX)
  return (
    <div className="relative h-28 px-4 pt-4">
      <LoudnessBars bars={bars} heard={(seconds / durationSeconds) * bars.length} />
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
