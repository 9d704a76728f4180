import type { CheckState, StoreCheck, StoreCheckName } from '@bellhop/model'
import { CircleAlert, CircleCheck, type LucideIcon, TriangleAlert } from 'lucide-react'
import type { ChipTone } from '../../ui/Chip.tsx'

interface CheckLook {
  readonly icon: LucideIcon
  readonly tone: ChipTone
  readonly ink: string
  readonly soft: string
}

/** The shapes differ as much as the colours do. */
export const CHECK_LOOKS: Readonly<Record<CheckState, CheckLook>> = {
  green: { icon: CircleCheck, tone: 'good', ink: 'text-good', soft: 'bg-good-soft text-good' },
  amber: { icon: TriangleAlert, tone: 'warn', ink: 'text-warn', soft: 'bg-warn-soft text-warn' },
  red: { icon: CircleAlert, tone: 'bad', ink: 'text-bad', soft: 'bg-bad-soft text-bad' },
}

const WORSE: readonly CheckState[] = ['red', 'amber', 'green']

export function worstState(checks: readonly StoreCheck[]): CheckState {
  return WORSE.find((state) => checks.some((check) => check.state === state)) ?? 'green'
}

export type CheckGroup = 'reach' | 'pages' | 'keys' | 'housekeeping'

const GROUPS: Readonly<Record<StoreCheckName, CheckGroup>> = {
  reachable: 'reach',
  clock: 'reach',
  'public-address': 'reach',
  cors: 'pages',
  'cors-headers': 'pages',
  private: 'keys',
  length: 'keys',
  type: 'keys',
  'payload-sha256': 'keys',
  'checksum-sha256': 'keys',
  'checksum-crc64nvme': 'keys',
  'put-if-none-match': 'keys',
  'complete-if-none-match': 'keys',
  expiry: 'keys',
  lifecycle: 'housekeeping',
}

/** The checks by what they are about, in the order of the report. */
export function groupedChecks(
  checks: readonly StoreCheck[],
): readonly { readonly group: CheckGroup; readonly checks: readonly StoreCheck[] }[] {
  return [...Map.groupBy(checks, ({ name }) => GROUPS[name])].map(([group, each]) => ({ group, checks: each }))
}
