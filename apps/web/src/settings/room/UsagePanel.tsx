import type { QuotaState } from '@bellhop/model'
import { Panel } from '../../ui/Panel.tsx'
import { useWords } from '../../words/use-words.ts'
import { RoomMeter } from './RoomMeter.tsx'

export function UsagePanel({ state: { quota, usage } }: { readonly state: QuotaState }) {
  const { settings, format } = useWords()
  const { room } = settings
  return (
    <Panel title={room.held}>
      <div className="grid gap-x-10 gap-y-6 md:grid-cols-2">
        <RoomMeter
          name={room.bytes}
          used={usage.usedBytes}
          reserved={usage.reservedBytes}
          allowed={quota.maxBytes}
          say={format.bytes}
        />
        <RoomMeter
          name={room.files}
          used={usage.usedFiles}
          reserved={usage.reservedFiles}
          allowed={quota.maxFiles}
          say={format.count}
        />
      </div>
      <p className="mt-5 text-sm text-faint">{room.outputsHelp}</p>
    </Panel>
  )
}
