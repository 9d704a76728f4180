import type { UsageRow } from '@bellhop/model'

export type WorkUsage = Omit<UsageRow, 'day'>

/** The days added up, the work with the most units first. */
export function usageByWork(rows: readonly UsageRow[]): WorkUsage[] {
  const sums = new Map<string, WorkUsage>()
  for (const { work, units, failed, bytes, cpuSeconds } of rows) {
    const sum = sums.get(work)
    sums.set(work, {
      work,
      units: units + (sum?.units ?? 0),
      failed: failed + (sum?.failed ?? 0),
      bytes: bytes + (sum?.bytes ?? 0),
      cpuSeconds: cpuSeconds + (sum?.cpuSeconds ?? 0),
    })
  }
  return [...sums.values()].toSorted((a, b) => b.units - a.units || (a.work < b.work ? -1 : 1))
}
