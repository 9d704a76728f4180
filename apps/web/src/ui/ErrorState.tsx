import { CloudAlert } from 'lucide-react'
import { Button } from './Button.tsx'

interface ErrorStateProps {
  readonly title: string
  readonly sentence: string
  readonly requestText: string | null
  readonly retryText: string
  readonly onRetry: () => void
}

export function ErrorState({ title, sentence, requestText, retryText, onRetry }: ErrorStateProps) {
  return (
    <div role="alert" className="fade mx-auto flex max-w-lg flex-col items-center gap-3 px-4 py-16 text-center">
      <span className="mb-1 grid size-14 place-items-center rounded-2xl bg-bad-soft text-bad">
        <CloudAlert aria-hidden size={26} strokeWidth={1.7} />
      </span>
      <h2 className="text-xl font-semibold tracking-tight">{title}</h2>
      <p className="text-muted text-pretty">{sentence}</p>
      {requestText !== null && <p className="font-mono text-xs text-faint select-all">{requestText}</p>}
      <div className="mt-2">
        <Button onPress={onRetry}>{retryText}</Button>
      </div>
    </div>
  )
}
