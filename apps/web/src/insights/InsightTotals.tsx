import type { InsightRow } from '@bellhop/model'
import { CircleAlert, CircleCheck, Files, HardDrive } from 'lucide-react'
import { Figure } from '../ui/Figure.tsx'
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
