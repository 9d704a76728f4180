import type { JobStatus } from '@bellhop/model'
import { JOB_STATUSES } from '@bellhop/model'
import { ToggleButton, ToggleButtonGroup } from 'react-aria-components'
import { useWords } from '../words/use-words.ts'
import { JOB_STATE_LOOKS } from './job-state-look.ts'

const ALL = 'all'

interface StatusTabsProps {
  readonly counts: Readonly<Record<JobStatus, number>> | undefined
  readonly selected: JobStatus | undefined
  readonly onSelect: (status: JobStatus | undefined) => void
}

export function StatusTabs({ counts, selected, onSelect }: StatusTabsProps) {
  const words = useWords()
  const all = counts === undefined ? undefined : JOB_STATUSES.reduce((sum, status) => sum + counts[status], 0)
  return (
    <ToggleButtonGroup
      aria-label={words.jobs.statusTabs}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[selected ?? ALL]}
      onSelectionChange={(keys) => onSelect(JOB_STATUSES.find((status) => keys.has(status)))}
      className="scrollbar-none -mx-4 flex gap-1 overflow-x-auto border-b border-line px-4 sm:mx-0 sm:px-0"
    >
      <Tab id={ALL} text={words.jobs.all} count={all} />
      {JOB_STATUSES.map((status) => (
        <Tab key={status} id={status} text={words.jobStatusShort[status]} count={counts?.[status]} status={status} />
      ))}
    </ToggleButtonGroup>
  )
}

interface TabProps {
  readonly id: string
  readonly text: string
  readonly count: number | undefined
  readonly status?: JobStatus
}

function Tab({ id, text, count, status }: TabProps) {
  const { format } = useWords()
  const Icon = status === undefined ? null : JOB_STATE_LOOKS[status].icon
  return (
    <ToggleButton
      id={id}
      className="-mb-px inline-flex h-10 shrink-0 items-center gap-1.5 border-b-2 border-transparent px-3 text-base font-medium text-muted outline-offset-[-2px] data-[hovered]:text-ink data-[selected]:border-accent data-[selected]:text-accent"
    >
      {Icon !== null && <Icon aria-hidden size={15} strokeWidth={2} />}
      {text}
      {count !== undefined && (
        <span className="figures rounded-full bg-sunken px-1.5 text-xs font-medium text-muted">
          {format.count(count)}
        </span>
      )}
    </ToggleButton>
  )
}
