import type { JobSnapshot } from '@bellhop/model'
import { useNow } from '../ui/now.ts'
import { useWords } from '../words/use-words.ts'

/** How long it ran, or has been running. */
export function Took({ job: { startedAt, finishedAt } }: { readonly job: JobSnapshot }) {
  const { format } = useWords()
  const now = useNow()
  if (startedAt === null) return null
  const end = finishedAt === null ? now : Date.parse(finishedAt)
  return <span>{format.duration(Math.max(0, end - Date.parse(startedAt)))}</span>
}
