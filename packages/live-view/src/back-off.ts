const FIRST_MS = 100
export const BACK_OFF_MAX_MS = 30_000

/** How long to wait after so many failures in a row: 100, 200, 400 … 30,000 ms, each between half and the whole of it. */
export function backOffMs(failures: number): number {
  const ceiling = Math.min(FIRST_MS * 2 ** Math.max(0, failures - 1), BACK_OFF_MAX_MS)
  return ceiling * (0.5 + Math.random() / 2)
}
