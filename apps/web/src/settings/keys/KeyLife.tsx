import type { ValetKeyRecord } from '@bellhop/model'
import { Chip } from '../../ui/Chip.tsx'
import { useNow } from '../../ui/now.ts'
import { Time } from '../../ui/Time.tsx'
import { useWords } from '../../words/use-words.ts'
import { KEY_LOOKS, keyState } from './key-state.ts'

/** What has become of a key; a living one counts down. */
export function KeyLife({ record }: { readonly record: ValetKeyRecord }) {
  const { format, settings } = useWords()
  const { keys } = settings
  const now = useNow()
  const state = keyState(record, now)
  const { icon, tone } = KEY_LOOKS[state]
  const leftMs = Date.parse(record.expiresAt) - now
  const text = state === 'lives' ? keys.lives(leftMs) : keys[state]
  const since = { lives: null, used: record.usedAt, ended: record.expiresAt, revoked: record.revokedAt }[state]
  return (
    <span className="flex flex-col items-start gap-0.5 max-md:items-end">
      <Chip tone={tone} icon={icon} title={keys.until(format.dateTime(record.expiresAt))}>
        {text}
      </Chip>
      <span className="figures text-xs text-faint">
        {state === 'revoked' && leftMs > 0 ? keys.stillLives(leftMs) : since !== null && <Time at={since} />}
      </span>
    </span>
  )
}
