import type { JobSnapshot } from '@bellhop/model'
import { Link } from '@tanstack/react-router'
import { FileText } from 'lucide-react'
import type { ReactNode } from 'react'
import { Panel } from '../ui/Panel.tsx'
import { useWords } from '../words/use-words.ts'
import { Took } from './Took.tsx'

export function JobFacts({ job }: { readonly job: JobSnapshot }) {
  const words = useWords()
  const { format } = words
  return (
    <Panel
      title={words.jobs.about}
      aside={
        job.fileId !== null && (
          <Link
            to="/files/$fileId"
            params={{ fileId: job.fileId }}
            className="inline-flex items-center gap-1.5 text-sm font-medium text-accent hover:underline"
          >
            <FileText aria-hidden size={15} />
            {words.jobs.seeFile}
          </Link>
        )
      }
    >
      <dl className="figures grid grid-cols-[auto_1fr] gap-x-6 gap-y-2 text-sm">
        <Fact name={words.jobs.columns.state}>{words.jobStatusShort[job.status]}</Fact>
        <Fact name={words.jobs.attempt}>{words.jobs.attemptOf(job.attempt, job.maxAttempts)}</Fact>
        {job.priority !== 'normal' && <Fact name={words.jobs.priority}>{words.jobPriorities[job.priority]}</Fact>}
        <Fact name={words.jobs.created}>{format.dateTime(job.createdAt)}</Fact>
        <Fact name={words.jobs.started}>
          {job.startedAt === null ? words.jobs.notStarted : format.dateTime(job.startedAt)}
        </Fact>
        {job.finishedAt !== null && <Fact name={words.jobs.finished}>{format.dateTime(job.finishedAt)}</Fact>}
        {job.startedAt !== null && (
          <Fact name={words.jobs.took}>
            <Took job={job} />
          </Fact>
        )}
      </dl>
    </Panel>
  )
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="text-faint">{name}</dt>
      <dd>{children}</dd>
    </>
  )
}
