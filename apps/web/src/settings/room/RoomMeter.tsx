import { Meter } from 'react-aria-components'
import { useWords } from '../../words/use-words.ts'

interface RoomMeterProps {
  readonly name: string
  readonly used: number
  readonly reserved: number
  readonly allowed: number | null
  readonly say: (value: number) => string
}

/** What is here, what is on its way, what is left: a bar where there is a bound, and the numbers always. */
export function RoomMeter({ name, used, reserved, allowed, say }: RoomMeterProps) {
  const { room } = useWords().settings
  const taken = used + reserved
  const full = allowed !== null && taken >= allowed
  const whole = allowed === null ? room.unbounded : room.of(say(taken), say(allowed))
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <p className="flex flex-wrap items-baseline justify-between gap-x-4">
        <span className="text-sm text-muted">{name}</span>
        <span className="figures text-sm text-muted">{whole}</span>
      </p>
      <p className="figures text-2xl font-semibold tracking-tight">{say(used)}</p>
      {allowed !== null && (
        <Meter
          aria-label={name}
          value={allowed === 0 ? 100 : Math.min(100, (taken / allowed) * 100)}
          valueLabel={whole}
          className="flex h-2 overflow-hidden rounded-full bg-line"
        >
          <span className={full ? 'bg-bad' : 'bg-accent'} style={{ width: share(used, allowed) }} />
          <span className="stripes" style={{ width: share(reserved, allowed) }} />
        </Meter>
      )}
      <dl className="figures flex flex-wrap gap-x-6 gap-y-1 text-sm">
        <Part look={full ? 'bg-bad' : 'bg-accent'} name={room.used} value={say(used)} />
        <Part look="stripes" name={room.reserved} value={say(reserved)} />
        {allowed !== null && <Part look="bg-line" name={room.free} value={say(Math.max(0, allowed - taken))} />}
      </dl>
      {full && <p className="text-sm text-bad">{room.full}</p>}
    </div>
  )
}

function Part({ look, name, value }: { readonly look: string; readonly name: string; readonly value: string }) {
  return (
    <div className="flex items-center gap-1.5">
      <span aria-hidden className={`size-2.5 rounded-sm ${look}`} />
      <dt className="text-muted">{name}</dt>
      <dd className="font-medium">{value}</dd>
    </div>
  )
}

/** What is there is seen, however little it is of the whole. */
function share(part: number, whole: number): string {
  if (part <= 0) return '0'
  return `max(3px, ${whole === 0 ? 100 : Math.min(100, (part / whole) * 100)}%)`
}
