import type { ValetKeyRecord } from '@bellhop/model'
import { Check, CircleSlash, Clock3, KeyRound, type LucideIcon } from 'lucide-react'
import type { ChipTone } from '../../ui/Chip.tsx'

/** lives: it opens something. used: it has done so, and is past. ended: past, as far as is known unused. revoked: ended by somebody. */
export type KeyState = 'lives' | 'used' | 'ended' | 'revoked'

export const KEY_LOOKS: Readonly<Record<KeyState, { readonly icon: LucideIcon; readonly tone: ChipTone }>> = {
  lives: { icon: KeyRound, tone: 'accent' },
  used: { icon: Check, tone: 'good' },
  ended: { icon: Clock3, tone: 'neutral' },
  revoked: { icon: CircleSlash, tone: 'bad' },
}

export function keyState(key: ValetKeyRecord, nowMs: number): KeyState {
  if (key.revokedAt !== null) return 'revoked'
  if (Date.parse(key.expiresAt) > nowMs && key.usedAt === null) return 'lives'
  if (key.usedAt !== null) return 'used'
  return 'ended'
}
