import type { EndedMinute, EndedStatus } from '@bellhop/model'
import { useRef, useState } from 'react'
import { useWidth } from '../ui/use-width.ts'
import { useWords } from '../words/use-words.ts'
import { endedIn, minuteBars, STACK } from './minute-bars.ts'

const HEIGHT = 96
const GAP = 1

const FILLS: Readonly<Record<EndedStatus, string>> = {
  COMPLETED: 'fill-good',
  CANCELLED: 'fill-faint',
  FAILED: 'fill-bad',
}
const DOTS: Readonly<Record<EndedStatus, string>> = { COMPLETED: 'bg-good', CANCELLED: 'bg-faint', FAILED: 'bg-bad' }

/** The last hour, a bar a minute. The table below it holds the sums for reading aloud. */
export function MinutesChart({ minutes }: { readonly minutes: readonly EndedMinute[] }) {
  const words = useWords()
  const { operations, format } = words
  const figure = useRef<HTMLElement>(null)
  const width = useWidth(figure)
  const [pointed, setPointed] = useState<string | null>(null)
  const bars = minuteBars(minutes, { width, height: HEIGHT })
  const barWidth = Math.max(1, width / Math.max(1, minutes.length) - GAP)
  const shown = minutes.find(({ at }) => at === pointed)
  const sum = (status: EndedStatus) => shown?.[status] ?? minutes.reduce((total, minute) => total + minute[status], 0)
  const total = minutes.reduce((all, minute) => all + endedIn(minute), 0)
  return (
    <figure ref={figure} className="flex min-w-0 flex-col gap-2">
      <svg
        role="img"
        aria-label={operations.chartSummary(total, sum('FAILED'))}
        width="100%"
        height={HEIGHT + 1}
        onPointerLeave={() => setPointed(null)}
      >
        <line x2={width} y1={HEIGHT + 0.5} y2={HEIGHT + 0.5} className="stroke-line-strong" />
        {bars.map((bar) => (
          <g
            key={bar.at}
            onPointerEnter={() => setPointed(bar.at)}
            opacity={pointed === null || pointed === bar.at ? 1 : 0.45}
          >
            <rect x={bar.x} width={barWidth + GAP} height={HEIGHT} fill="transparent" />
            {bar.parts.map((part) => (
              <rect
                key={part.status}
                x={bar.x}
                width={barWidth}
                y={part.y}
                height={part.height}
                className={FILLS[part.status]}
              />
            ))}
          </g>
        ))}
      </svg>
      <figcaption className="figures flex flex-wrap items-center gap-x-5 gap-y-1.5 text-sm">
        <span className="min-w-24 font-semibold">
          {shown === undefined ? operations.lastHour : format.minute(shown.at)}
        </span>
        {STACK.map((status) => (
          <span key={status} className="inline-flex items-center gap-1.5 text-muted">
            <span aria-hidden className={`size-2.5 rounded-sm ${DOTS[status]}`} />
            {words.jobStatusShort[status]}
            <span className="text-ink">{format.count(sum(status))}</span>
          </span>
        ))}
      </figcaption>
    </figure>
  )
}
