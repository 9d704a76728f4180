import type { JobId, JobLogLine, JobSnapshot } from '@bellhop/model'
import { isJobEnded } from '@bellhop/model'
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { useRevival } from '../live/use-revival.ts'
import { trpc } from '../trpc.ts'
import { Panel } from '../ui/Panel.tsx'
import { ScrollArea } from '../ui/ScrollArea.tsx'
import { useWords } from '../words/use-words.ts'
import { gatherLines, joinLog } from './log-lines.ts'

/** So near to its end the view goes along with what comes. */
const AT_END_PX = 24

/** What the job has said, and, while it is active, what it says. */
export function JobLog({ job }: { readonly job: JobSnapshot }) {
  const { jobs, common } = useWords()
  const { data } = trpc.jobs.log.useQuery({ jobId: job.id })
  const [followed, setFollowed] = useState<readonly JobLogLine[]>([])
  const [gathered] = useState(() => gatherLines((more) => setFollowed((known) => joinLog(known, more))))
  useEffect(() => () => gathered.stop(), [gathered])
  const lines = joinLog(data?.lines ?? [], followed)
  return (
    <Panel title={jobs.log} flush={lines.length > 0}>
      {data !== undefined && !isJobEnded(job.status) && (
        <Follower key={job.attempt} jobId={job.id} after={data.lines.at(-1)?.seq ?? 0} onLine={gathered.add} />
      )}
      {lines.length > 0 && <Lines lines={lines} dropped={data?.dropped ?? 0} />}
      {lines.length === 0 && <p className="text-muted">{data === undefined ? common.loading : jobs.logEmpty}</p>}
    </Panel>
  )
}

interface FollowerProps {
  readonly jobId: JobId
  readonly after: number
  readonly onLine: (line: JobLogLine) => void
}

/** Renders nothing: hands on what comes. */
function Follower({ jobId, after, onLine }: FollowerProps) {
  // The connection goes on from its own cursor; only the first start needs ours.
  const [lastEventId] = useState(String(after))
  const feed = trpc.jobs.logFeed.useSubscription(
    { jobId, lastEventId },
    { onData: ({ data: { line } }) => line !== null && onLine(line) },
  )
  useRevival(feed)
  return null
}

function Lines({ lines, dropped }: { readonly lines: readonly JobLogLine[]; readonly dropped: number }) {
  const { jobs, format } = useWords()
  const content = useRef<HTMLDivElement>(null)
  const heightBefore = useRef(0)
  useLayoutEffect(() => {
    const box = content.current?.parentElement
    if (!box) return
    const wasAtEnd = box.scrollTop + box.clientHeight >= heightBefore.current - AT_END_PX
    if (wasAtEnd) box.scrollTop = box.scrollHeight
    heightBefore.current = box.scrollHeight
  })
  return (
    <ScrollArea label={jobs.log} className="max-h-80">
      <div ref={content} role="log" aria-live="off" aria-label={jobs.log} className="p-4 font-mono text-xs">
        {dropped > 0 && <p className="mb-1 text-faint">{jobs.logDropped(dropped)}</p>}
        {lines.map((line) => (
          <p key={line.seq} className="flex gap-3">
            <time dateTime={line.at} className="shrink-0 text-faint">
              {format.time(line.at)}
            </time>
            <span className="min-w-0 whitespace-pre-wrap wrap-anywhere">{line.line}</span>
          </p>
        ))}
      </div>
    </ScrollArea>
  )
}
