export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5)
}

/** Of fewer than 100 samples this is close to the largest. */
export function p99(samples: readonly number[]): number {
  return quantile(samples, 0.99)
}

/** Between two samples it is interpolated linearly. NaN without samples. */
function quantile(samples: readonly number[], q: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  const at = (sorted.length - 1) * q
  const low = sorted[Math.floor(at)] ?? Number.NaN
  const high = sorted[Math.ceil(at)] ?? Number.NaN
  return low + (high - low) * (at - Math.floor(at))
}
