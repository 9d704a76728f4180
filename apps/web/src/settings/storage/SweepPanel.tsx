import type { StoreSweep } from '@bellhop/model'
import { Button } from '../../ui/Button.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { Time } from '../../ui/Time.tsx'
import { useWords } from '../../words/use-words.ts'
import { SweepFindings } from './SweepFindings.tsx'
import { useSweep } from './use-sweep.ts'

/** What the last walk through the bucket found, and the next one on request. */
export function SweepPanel({ sweep: known }: { readonly sweep: StoreSweep | null }) {
  const { sweep: say } = useWords().settings.storage
  const { sweep, running, error, start } = useSweep(known)
  return (
    <Panel
      title={say.title}
      aside={
        <Button small onPress={start} isDisabled={running}>
          {running ? say.running : say.now}
        </Button>
      }
    >
      <div className="flex flex-col gap-4">
        <p className="text-sm text-muted text-pretty">{say.help}</p>
        {error !== null && (
          <p role="alert" className="rounded-lg bg-bad-soft px-3.5 py-2.5 text-bad">
            {error}
          </p>
        )}
        {sweep === null ? <p className="text-sm text-faint">{say.never}</p> : <SweepFindings sweep={sweep} />}
        {sweep !== null && sweep.endedAt !== null && (
          <p className="figures text-sm text-faint">
            <Time at={sweep.endedAt} say={say.ended} />
          </p>
        )}
      </div>
    </Panel>
  )
}
