import type { JobSnapshot } from '@bellhop/model'
import { RotateCcw, X } from 'lucide-react'
import { Button } from '../ui/Button.tsx'
import { IconButton } from '../ui/IconButton.tsx'
import { useWords } from '../words/use-words.ts'
import { jobName } from './job-words.ts'
import { useJobActions } from './use-job-actions.ts'

/** Cancel and retry, where the state allows them; as icons in a list, as words on the job's own page. */
export function JobActions({ job, wordy = false }: { readonly job: JobSnapshot; readonly wordy?: boolean }) {
  const words = useWords()
  const { mayCancel, mayRetry, busy, cancelling, error, cancel, retry } = useJobActions(job)
  const name = jobName(words, job)
  const refused = error === null ? null : <span className="text-sm text-bad">{error}</span>
  if (wordy) {
    return (
      <span className="flex flex-wrap items-center gap-2">
        {refused}
        {mayCancel && (
          <Button onPress={cancel} isDisabled={busy}>
            <X aria-hidden size={16} />
            {cancelling ? words.jobs.stopping : words.jobs.cancelShort}
          </Button>
        )}
        {mayRetry && (
          <Button look="primary" onPress={retry} isDisabled={busy}>
            <RotateCcw aria-hidden size={16} />
            {words.jobs.retryShort}
          </Button>
        )}
      </span>
    )
  }
  return (
    <span className="flex shrink-0 items-center gap-1">
      {refused}
      {mayRetry && (
        <IconButton small icon={RotateCcw} label={words.jobs.retry(name)} onPress={retry} isDisabled={busy} />
      )}
      {mayCancel && <IconButton small icon={X} label={words.jobs.cancel(name)} onPress={cancel} isDisabled={busy} />}
    </span>
  )
}
