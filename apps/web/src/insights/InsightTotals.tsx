import type { InsightRow } from '@bellhop/model'
import { CircleAlert, CircleCheck, Files, HardDrive, type LucideIcon } from 'lucide-react'
import { useWords } from '../words/use-words.ts'

export function InsightTotals({ rows }: { readonly rows: readonly InsightRow[] }) {
  const { insights, format } = useWords()
  const sum = (value: (row: InsightRow) => number) => rows.reduce((total, row) => total + value(row), 0)
  const failed = sum((row) => row.jobsFailed)
  return (
    <dl className="grid grid-cols-2 gap-3 lg:grid-cols-4">
      <Figure icon={Files} name={insights.files} value={format.count(sum((row) => row.files))} />
      <Figure icon={HardDrive} name={insights.bytes} value={format.bytes(sum((row) => row.sizeBytes))} />
      <Figure icon={CircleCheck} name={insights.jobsDone} value={format.count(sum((row) => row.jobsCompleted))} />
      <Figure icon={CircleAlert} name={insights.jobsFailed} value={format.count(failed)} bad={failed > 0} />
    </dl>
  )
}

interface FigureProps {
  readonly icon: LucideIcon
  readonly name: string
  readonly value: string
  readonly bad?: boolean
}

function Figure({ icon: Icon, name, value, bad = false }: FigureProps) {
  return (
    <div className="rounded-xl border border-line bg-surface px-4 py-3.5 shadow-card">
      <dt className="flex items-center gap-1.5 text-sm text-muted">
        <Icon aria-hidden size={15} className={bad ? 'text-bad' : 'text-faint'} />
        {name}
      </dt>
      <dd className={`figures mt-1 text-2xl font-semibold tracking-tight ${bad ? 'text-bad' : ''}`}>{value}</dd>
    </div>
  )
}
