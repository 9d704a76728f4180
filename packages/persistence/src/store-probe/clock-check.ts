import type { ObjectStoreOptions } from '../s3-client.ts'
import { amber, green, red } from './finding.ts'
import type { Finding } from './finding.ts'
import type { ProbeGround } from './probe-ground.ts'
import { faultOf, networkFault, systemCodeOf } from './store-fault.ts'
import type { StoreFault } from './store-fault.ts'

const AMBER_MS = 60_000
const RED_MS = 5 * 60_000
/** The Date header tells whole seconds. */
const GRAIN_MS = 1_000

/** Whether anything answers at the address at all, and what time it is there. Needs no credentials. */
export async function knock(
  ground: ProbeGround,
  store: ObjectStoreOptions,
): Promise<{ clock: Finding } | { fault: StoreFault }> {
  const { origin } = new URL(store.endpoint)
  const askedAt = Date.now()
  try {
    const { headers } = await ground.fetch(origin, { method: 'HEAD' })
    const ours = (askedAt + Date.now()) / 2
    return { clock: judgeClock(Date.parse(headers.get('date') ?? '') - ours) }
  } catch (error) {
    const code = systemCodeOf(error)
    return { fault: code === undefined ? faultOf(error, store) : networkFault(code, origin) }
  }
}

function judgeClock(aheadMs: number): Finding {
  const fix = 'Set the clocks of this machine and of the store by NTP.'
  if (Number.isNaN(aheadMs)) return amber('The store does not tell its time, so the clocks cannot be compared.', fix)
  const offMs = Math.max(0, Math.abs(aheadMs) - GRAIN_MS)
  if (offMs <= AMBER_MS) return green('The clocks of the store and of this machine agree.')
  const seconds = Math.round(offMs / 1000)
  const found = `The clock of the store is ${seconds} s ${aheadMs > 0 ? 'ahead of' : 'behind'} that of this machine.`
  return offMs > RED_MS ? red(`${found} Keys are refused, or live too long.`, fix) : amber(found, fix)
}
