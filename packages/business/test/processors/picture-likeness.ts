/** Brightness, a byte a pixel, line by line. */
export interface Luma {
  readonly width: number
  readonly height: number
  readonly bytes: Uint8Array
}

const BLOCK = 8
const [C1, C2] = [(0.01 * 255) ** 2, (0.03 * 255) ** 2]

/** Structural similarity (Wang et al., 2004) of two pictures of one size, from 0 to 1: the mean over blocks of 8 × 8. */
export function similarity(one: Luma, other: Luma): number {
  let sum = 0
  let count = 0
  for (let top = 0; top + BLOCK <= one.height; top += BLOCK) {
    for (let left = 0; left + BLOCK <= one.width; left += BLOCK) {
      sum += ofBlock(one, other.bytes, top, left)
      count += 1
    }
  }
  return sum / count
}

function ofBlock({ bytes: a, width }: Luma, b: Uint8Array, top: number, left: number): number {
  let [sumA, sumB, squaresA, squaresB, products] = [0, 0, 0, 0, 0]
  for (let y = top; y < top + BLOCK; y++) {
    for (let at = y * width + left; at < y * width + left + BLOCK; at++) {
      const [valueA = 0, valueB = 0] = [a[at], b[at]]
      sumA += valueA
      sumB += valueB
      squaresA += valueA * valueA
      squaresB += valueB * valueB
      products += valueA * valueB
    }
  }
  const size = BLOCK * BLOCK
  const [meanA, meanB] = [sumA / size, sumB / size]
  const [varianceA, varianceB] = [squaresA / size - meanA ** 2, squaresB / size - meanB ** 2]
  const covariance = products / size - meanA * meanB
  const luminance = (2 * meanA * meanB + C1) / (meanA ** 2 + meanB ** 2 + C1)
  return (luminance * (2 * covariance + C2)) / (varianceA + varianceB + C2)
}

export function mean(values: Iterable<number>): number {
  let sum = 0
  let count = 0
  for (const value of values) {
    sum += value
    count += 1
  }
  return count === 0 ? 0 : sum / count
}
