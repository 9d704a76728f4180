import { histogramBars } from './histogram-bars.ts'

const SIZE = { width: 240, height: 56, gap: 2 }

interface HistogramProps {
  readonly bins: readonly { readonly value: number; readonly title: string }[]
  readonly label: string
}

export function Histogram({ bins, label }: HistogramProps) {
  const bars = histogramBars(
    bins.map((bin) => bin.value),
    SIZE,
  )
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${SIZE.width} ${SIZE.height}`}
      preserveAspectRatio="none"
      className="h-14 w-full border-b border-line-strong"
    >
      {bars.map((bar, index) => (
        <rect key={bar.x} {...bar} rx={1} className="fill-accent opacity-75 hover:opacity-100">
          <title>{bins[index]?.title}</title>
        </rect>
      ))}
    </svg>
  )
}
