import { Panel } from '../ui/Panel.tsx'

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
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a keyboard scrolls only what can have the focus */}
      <pre tabIndex={0} className="max-h-96 overflow-auto p-4 font-mono text-xs outline-offset-[-2px]">
        {JSON.stringify(value, null, 2)}
      </pre>
    </Panel>
  )
}
