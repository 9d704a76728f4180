import type { FileDetail } from '@bellhop/model'
import { isJobEnded } from '@bellhop/model'
import { useSubmitJob } from '@bellhop/react'
import { useQueryClient } from '@tanstack/react-query'
import { Clapperboard } from 'lucide-react'
import { useMay } from '../account/use-may.ts'
import { JobState } from '../jobs/JobState.tsx'
import { putLiveJobs } from '../live/live-jobs.ts'
import { Button } from '../ui/Button.tsx'
import { announce } from '../ui/live-region.tsx'
import { errorSentence } from '../words/error-sentence.ts'
import { useWords } from '../words/use-words.ts'
import { useJobsOfFile } from './FileJobs.tsx'

/** Has sizes made that play everywhere, and shows how far that is; nothing where there are some. */
export function EncodeButton({ file }: { readonly file: FileDetail }) {
  const words = useWords()
  const client = useQueryClient()
  const mayAsk = useMay('process')
  const submit = useSubmitJob('video.encode', {
    onSuccess: (job) => {
      putLiveJobs(client, [job])
      announce(words.file.player.encodeBegun)
    },
    onError: (error) => announce(errorSentence(words, error)),
  })
  const job = useJobsOfFile(file).find(({ kind }) => kind === 'video.encode')
  if (job !== undefined && !isJobEnded(job.status)) {
    return (
      <div className="w-56 max-w-full">
        <JobState job={job} />
      </div>
    )
  }
  if (mayAsk !== true || file.outputs.some(({ role }) => role === 'rendition')) return null
  return (
    <span className="flex flex-wrap items-center gap-2">
      {submit.error !== null && <span className="text-sm text-bad">{errorSentence(words, submit.error)}</span>}
      <Button small onPress={() => submit.mutate({ fileId: file.id })} isDisabled={submit.isPending}>
        <Clapperboard aria-hidden size={15} strokeWidth={2} />
        {words.file.player.encode}
      </Button>
    </span>
  )
}
