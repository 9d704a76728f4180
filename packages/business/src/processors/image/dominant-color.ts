/** Bits of each channel by which pixels are thought near to each other. */
const BIN_BITS = 3
const OPAQUE = 128

/**
 * The mean of the fullest of 512 bins, as `#rrggbb`: a colour that is really there, where the mean of all would be mud.
 * What is mostly transparent does not count; of nothing at all the colour is white.
 */
export function dominantColor(rgba: Uint8Array | Uint8ClampedArray): string {
  const bins = new Map<number, [count: number, red: number, green: number, blue: number]>()
  for (let at = 0; at + 3 < rgba.length; at += 4) {
    const [red = 0, green = 0, blue = 0, alpha = 0] = rgba.subarray(at, at + 4)
    if (alpha < OPAQUE) continue
    const shift = 8 - BIN_BITS
    const bin = ((red >> shift) << (2 * BIN_BITS)) | ((green >> shift) << BIN_BITS) | (blue >> shift)
    const sum = bins.get(bin) ?? [0, 0, 0, 0]
    bins.set(bin, [sum[0] + 1, sum[1] + red, sum[2] + green, sum[3] + blue])
  }
  const [fullest] = [...bins.values()].toSorted((a, b) => b[0] - a[0])
  if (!fullest) return '#ffffff'
  const [count, ...sums] = fullest
  return `#${sums
    .map((sum) =>
      Math.round(sum / count)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`
}
