import type { TransferProgress } from '@bellhop/client'
import { formatBytes, formatDuration } from './format.ts'
import { bar } from './output.ts'

const WORDS = { hashing: 'reading', sending: '', verifying: 'verifying', done: 'done' } as const

/** `race.mp4  ████░░  62 %  48.0 MiB/s  0:42 left` */
export function transferLine(name: string, progress: TransferProgress): string {
  const { phase, sentBytes, totalBytes, bytesPerSecond, etaMs } = progress
  const fraction = totalBytes === null ? 0 : totalBytes === 0 ? 1 : sentBytes / totalBytes
  return [
    name,
    bar(fraction),
    `${Math.floor(fraction * 100)} %`,
    bytesPerSecond > 0 ? `${formatBytes(bytesPerSecond)}/s` : '',
    phase === 'sending' && etaMs !== null ? `${formatDuration(etaMs)} left` : WORDS[phase],
  ]
    .filter((word) => word !== '')
    .join('  ')
}
