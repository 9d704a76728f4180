/** Of a bar that says silence. */
const MIN_HEIGHT = 0.03

interface LoudnessBarsProps {
  /** In one unit, whatever it is: a quiet recording has its shape too. */
  readonly bars: readonly number[]
  /** Those before it are in full colour. */
  readonly heard?: number
}

/** Fills its parent. Decoration: what it belongs to is named beside it. */
export function LoudnessBars({ bars, heard = bars.length }: LoudnessBarsProps) {
  const top = Math.max(Number.MIN_VALUE, ...bars)
  return (
    <svg aria-hidden viewBox={`0 0 ${bars.length} 2`} preserveAspectRatio="none" className="size-full">
      {bars.map((bar, index) => {
        const height = Math.max(MIN_HEIGHT, bar / top)
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
  )
}
