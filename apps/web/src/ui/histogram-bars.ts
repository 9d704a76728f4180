import { scaleLinear } from 'd3-scale'

export interface Bar {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** A value that is not zero is seen, however small. */
const MIN_HEIGHT = 1.5

/** Bars of equal width side by side, on a base line at the bottom. */
export function histogramBars(
  values: readonly number[],
  size: { readonly width: number; readonly height: number; readonly gap: number },
): readonly Bar[] {
  if (values.length === 0) return []
  const step = size.width / values.length
  const height = scaleLinear([0, Math.max(1, ...values)], [0, size.height])
  return values.map((value, index) => {
    const tall = value > 0 ? Math.max(MIN_HEIGHT, height(value)) : 0
    return {
      x: index * step + size.gap / 2,
      y: size.height - tall,
      width: Math.max(0.5, step - size.gap),
      height: tall,
    }
  })
}
