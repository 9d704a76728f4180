import type { TransferProgress, WaitingFor } from '@bellhop/client'
import { formatBytes, formatDuration } from './format.ts'
import { bar } from './output.ts'

const WORDS = { hashing: 'reading', sending: '', verifying: 'verifying', done: 'done' } as const

const WAITS: Readonly<Record<WaitingFor, string>> = {
  store: 'waiting for the store',
  server: 'waiting for the server',
  'rate-limit': 'waiting for more keys (rate limit)',
}

/** `race.mp4  ████░░  62 %  48.0 MiB/s  0:42 left`; of a stream how much of it is there. */
export function transferLine(name: string, progress: TransferProgress): string {
  const { phase, sentBytes, totalBytes, bytesPerSecond, etaMs, waitingFor } = progress
  const left = phase === 'sending' && etaMs !== null ? `${formatDuration(etaMs)} left` : WORDS[phase]
  return [
    name,
    ...(totalBytes === null ? [formatBytes(sentBytes)] : [bar(part(progress)), `${percentOf(progress)} %`]),
    bytesPerSecond > 0 ? `${formatBytes(bytesPerSecond)}/s` : '',
    waitingFor === null ? left : WAITS[waitingFor],
  ]
    .filter((word) => word !== '')
    .join('  ')
}

export function percentOf(progress: TransferProgress): number {
  return Math.floor(part(progress) * 100)
}

function part({ sentBytes, totalBytes }: TransferProgress): number {
  if (totalBytes === null) return 0
  return totalBytes === 0 ? 1 : sentBytes / totalBytes
}
