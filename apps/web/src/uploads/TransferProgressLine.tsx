import { Progress } from '../ui/Progress.tsx'
import { useWords } from '../words/use-words.ts'
import type { Transfer } from './transfer.ts'

/** A bar, and what it means: bytes, rate and time left; or which step it is in, or what it waits for, when no bytes move. */
export function TransferProgressLine({ transfer: { name, sizeBytes, state } }: { readonly transfer: Transfer }) {
  const words = useWords()
  const { sentBytes, bytesPerSecond, etaMs, waitingFor } = state.progress
  const fraction = sizeBytes > 0 ? sentBytes / sizeBytes : 0
  const step = {
    WAITING: words.uploads.waiting,
    HASHING: words.uploads.preparing,
    SENDING: words.uploads.sent(sentBytes, sizeBytes),
    PAUSED: words.uploads.paused(sentBytes, sizeBytes),
    VERIFYING: words.uploads.checking,
    DONE: words.uploads.done,
    FAILED: '',
    ABORTED: '',
  }[state.status]
  const waits = waitingFor !== null && state.status !== 'PAUSED' ? words.uploads.waitingFor[waitingFor] : null
  const sending = state.status === 'SENDING' && waits === null
  return (
    <div className="flex flex-col gap-1.5 pr-2">
      <Progress
        label={name}
        fraction={fraction}
        valueText={sending ? words.uploads.progressText(fraction, etaMs) : (waits ?? step)}
        tone={state.status === 'WAITING' || state.status === 'PAUSED' || waits !== null ? 'idle' : 'accent'}
      />
      <p className="figures flex gap-3 text-xs text-muted">
        <span className={waits === null ? '' : 'text-warn'}>{waits ?? step}</span>
        {sending && bytesPerSecond > 0 && <span>{words.format.rate(bytesPerSecond)}</span>}
        {sending && etaMs !== null && <span className="ml-auto">{words.uploads.timeLeft(etaMs)}</span>}
      </p>
    </div>
  )
}
