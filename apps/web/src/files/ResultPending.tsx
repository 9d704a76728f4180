import type { FileDetail, JobKindName } from '@bellhop/model'
import { isJobEnded } from '@bellhop/model'
import { JobActions } from '../jobs/JobActions.tsx'
import { JobState } from '../jobs/JobState.tsx'
import { useWords } from '../words/use-words.ts'
import { useJobsOfFile } from './FileJobs.tsx'

/** Stands where a result will be: its job, live, and what can be done about it. */
export function ResultPending({ file, kind }: { readonly file: FileDetail; readonly kind: JobKindName }) {
  const words = useWords()
  const job = useJobsOfFile(file).find((each) => each.kind === kind)
  return (
    <div className="flex flex-col items-center gap-4 px-6 py-12 text-center">
      {job === undefined && <p className="text-muted">{words.file.noPreview}</p>}
      {job !== undefined && !isJobEnded(job.status) && <p className="text-muted">{words.file.working}</p>}
      {job !== undefined && (
        <div className="flex w-full max-w-sm items-start gap-2 text-left">
          <div className="min-w-0 flex-1">
            <JobState job={job} />
          </div>
          <JobActions job={job} />
        </div>
      )}
    </div>
  )
}
