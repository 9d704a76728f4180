import type { FileDetail } from '@bellhop/model'
import { isJobEnded } from '@bellhop/model'
import { useSubmitJob } from '@bellhop/react'
import { useQueryClient } from '@tanstack/react-query'
import { ShieldCheck } from 'lucide-react'
import { useMay } from '../account/use-may.ts'
import { putLiveJobs } from '../live/live-jobs.ts'
import { Button } from '../ui/Button.tsx'
import { announce } from '../ui/live-region.tsx'
import { errorSentence } from '../words/error-sentence.ts'
import { useWords } from '../words/use-words.ts'
import { useJobsOfFile } from './FileJobs.tsx'

/** Has the stored bytes read again and compared; the job shows beside, live. */
export function VerifyButton({ file }: { readonly file: FileDetail }) {
  const words = useWords()
  const client = useQueryClient()
  const mayAsk = useMay('process')
  const submit = useSubmitJob('file.verify', {
    onSuccess: (job) => {
      putLiveJobs(client, [job])
      announce(words.file.verifyBegun)
    },
    onError: (error) => announce(errorSentence(words, error)),
  })
  const running = useJobsOfFile(file).some((job) => job.kind === 'file.verify' && !isJobEnded(job.status))
  if (mayAsk !== true) return null
  return (
    <span className="flex flex-wrap items-center gap-2">
      {submit.error !== null && <span className="text-sm text-bad">{errorSentence(words, submit.error)}</span>}
      <Button small onPress={() => submit.mutate({ fileId: file.id })} isDisabled={submit.isPending || running}>
        <ShieldCheck aria-hidden size={15} strokeWidth={2} />
        {running ? words.file.verifying : words.file.verifyNow}
      </Button>
    </span>
  )
}
