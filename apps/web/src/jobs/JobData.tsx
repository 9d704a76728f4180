import { Panel } from '../ui/Panel.tsx'
import { ScrollArea } from '../ui/ScrollArea.tsx'

interface JobDataProps {
  readonly title: string
  readonly value: unknown
  /** What is said when there is nothing. */
  readonly none?: string
}

/** Input and output as they are: for whoever writes a program against them. */
export function JobData({ title, value, none }: JobDataProps) {
  if (value === null || value === undefined) {
    return (
      <Panel title={title}>
        <p className="text-muted">{none}</p>
      </Panel>
    )
  }
  return (
    <Panel title={title} flush>
      <ScrollArea label={title} className="max-h-96">
        <pre className="p-4 font-mono text-xs">{JSON.stringify(value, null, 2)}</pre>
      </ScrollArea>
    </Panel>
  )
}
