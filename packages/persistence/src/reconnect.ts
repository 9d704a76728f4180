const FIRST_SECONDS = 0.02
const CAP_SECONDS = 1

/**
 * How long the driver waits before it connects again, in seconds: 0.02, 0.06, 0.18, 0.54, 1, 1, …, of which half at random.
 * Its own series goes on to 20 s, counts each refused query, and so leaves a process deaf for that long after a restart of
 * the server that took two seconds.
 */
export function reconnectSeconds(failures: number): number {
  return Math.min(CAP_SECONDS, FIRST_SECONDS * 3 ** failures) * (0.5 + Math.random() / 2)
}
