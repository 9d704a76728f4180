import { useRef, useState } from 'react'
import { fileTypeColor } from '../files/file-type-look.ts'
import { useWidth } from '../ui/use-width.ts'
import { useWords } from '../words/use-words.ts'
import type { Measure } from './insights-search.ts'
import { type DayTotals, stackedChart, typesOf } from './stacked-days.ts'

const HEIGHT = 280
const AXIS_LEFT = 56
const AXIS_BOTTOM = 26
const TOP = 8
/** Pixels that a date under the axis needs. */
const LABEL_WIDTH = 64

interface DaysChartProps {
  readonly days: readonly DayTotals[]
  readonly measure: Measure
}

/** Stacked bars, one a day. The table beside it holds the same for reading aloud. */
export function DaysChart({ days, measure }: DaysChartProps) {
  const words = useWords()
  const figure = useRef<HTMLElement>(null)
  const width = useWidth(figure)
  const [pointed, setPointed] = useState<string | null>(null)
  const say = (value: number) => (measure === 'files' ? words.format.count(value) : words.format.bytes(value))
  const inner = { width: Math.max(0, width - AXIS_LEFT), height: HEIGHT - AXIS_BOTTOM - TOP }
  const { bars, ticks } = stackedChart(days, inner)
  const every = Math.max(1, Math.ceil(days.length / Math.max(1, Math.floor(inner.width / LABEL_WIDTH))))
  const total = days.reduce((sum, day) => sum + day.total, 0)
  const peak = days.reduce((best, day) => (day.total > best.total ? day : best), days[0] ?? NO_DAY)
  const shown = days.find((day) => day.day === pointed)
  const types = typesOf(days)
  return (
    <figure ref={figure} className="flex flex-col gap-4">
      <svg
        role="img"
        aria-label={words.insights.chartSummary(days.length, say(total), words.format.day(peak.day), say(peak.total))}
        width="100%"
        height={HEIGHT}
        onPointerLeave={() => setPointed(null)}
      >
        <g transform={`translate(${AXIS_LEFT} ${TOP})`}>
          {ticks.map((tick) => (
            <g key={tick.value} transform={`translate(0 ${tick.y})`}>
              <line x2={inner.width} className={tick.value === 0 ? 'stroke-line-strong' : 'stroke-line'} />
              <text x={-10} dy="0.32em" textAnchor="end" className="figures fill-faint text-xs">
                {say(tick.value)}
              </text>
            </g>
          ))}
          {bars.map((bar, index) => (
            <g key={bar.day.day} onPointerEnter={() => setPointed(bar.day.day)}>
              <rect x={bar.x} width={bar.width} height={inner.height} fill="transparent" />
              {bar.parts.map((part) => (
                <rect
                  key={part.type}
                  x={bar.x}
                  width={bar.width}
                  y={part.y}
                  height={Math.max(0.5, part.height - 1)}
                  rx={Math.min(2, bar.width / 4)}
                  fill={fileTypeColor(part.type)}
                  opacity={pointed === null || pointed === bar.day.day ? 1 : 0.4}
                />
              ))}
              {index % every === 0 && (
                <text
                  x={bar.x + bar.width / 2}
                  y={inner.height + 18}
                  textAnchor="middle"
                  className="figures fill-faint text-xs"
                >
                  {words.format.day(bar.day.day)}
                </text>
              )}
            </g>
          ))}
        </g>
      </svg>
      <figcaption className="flex flex-wrap items-center gap-x-5 gap-y-1.5 text-sm">
        <span className="figures min-w-24 font-semibold">
          {shown === undefined
            ? words.insights.barTitle(words.insights.total, say(total))
            : words.insights.barTitle(words.format.day(shown.day), say(shown.total))}
        </span>
        {types.map((type) => (
          <span key={type} className="figures inline-flex items-center gap-1.5 text-muted">
            <span aria-hidden className="size-2.5 rounded-sm" style={{ background: fileTypeColor(type) }} />
            {words.fileTypes[type]}
            <span className="text-faint">
              {say(shown === undefined ? days.reduce((sum, day) => sum + day.byType[type], 0) : shown.byType[type])}
            </span>
          </span>
        ))}
      </figcaption>
    </figure>
  )
}

const NO_DAY: DayTotals = {
  day: '1970-01-01',
  byType: { image: 0, video: 0, audio: 0, dataset: 0, document: 0, archive: 0, other: 0 },
  total: 0,
}
