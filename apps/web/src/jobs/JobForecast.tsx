import type { JobSnapshot } from '@bellhop/model'
import { useNow } from '../ui/now.ts'
import { useWords } from '../words/use-words.ts'
import { jobForecastText } from './job-words.ts'

/** What is to be expected of a job that waits or runs, in a sentence. */
export function JobForecast({ job }: { readonly job: JobSnapshot }) {
  const words = useWords()
  const now = useNow()
  const text = jobForecastText(words, job, now)
  return text === null ? null : <p className="figures text-sm text-muted text-pretty">{text}</p>
}
