import type { TransferProgress } from '@bellhop/client'
import { formatBytes, formatDuration } from './format.ts'
import { bar } from './output.ts'

const WORDS = { hashing: 'reading', sending: '', verifying: 'verifying', done: 'done' } as const

/** `race.mp4  ████░░  62 %  48.0 MiB/s  0:42 left`; of a stream how much of it is there. */
export function transferLine(name: string, progress: TransferProgress): string {
  const { phase, sentBytes, totalBytes, bytesPerSecond, etaMs, waitingFor } = progress
  const left = phase === 'sending' && etaMs !== null ? `${formatDuration(etaMs)} left` : WORDS[phase]
  return [
    name,
    ...(totalBytes === null ? [formatBytes(sentBytes)] : [bar(part(progress)), `${percentOf(progress)} %`]),
    bytesPerSecond > 0 ? `${formatBytes(bytesPerSecond)}/s` : '',
    waitingFor === null ? left : `waiting for the ${waitingFor}`,
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
