import type { EndedMinute, EndedStatus } from '@bellhop/model'

/** From the floor up: what went well carries the rest. */
export const STACK = ['COMPLETED', 'CANCELLED', 'FAILED'] as const satisfies readonly EndedStatus[]

export interface MinuteBar {
  readonly at: string
  readonly x: number
  readonly parts: readonly { readonly status: EndedStatus; readonly y: number; readonly height: number }[]
}

/** What is thinner cannot be seen: a single failure among thousands must. */
const PART_MIN_PX = 2

/** Stacked bars side by side, in pixels of a chart of this size. */
export function minuteBars(minutes: readonly EndedMinute[], size: { width: number; height: number }): MinuteBar[] {
  const peak = Math.max(1, ...minutes.map(endedIn))
  const step = minutes.length === 0 ? 0 : size.width / minutes.length
  return minutes.map((minute, index) => {
    let top = size.height
    const parts = STACK.filter((status) => minute[status] > 0).map((status) => {
      const height = Math.max(PART_MIN_PX, (minute[status] / peak) * size.height)
      top = Math.max(0, top - height)
      return { status, y: top, height }
    })
    return { at: minute.at, x: index * step, parts }
  })
}

export function endedIn(minute: EndedMinute): number {
  return STACK.reduce((sum, status) => sum + minute[status], 0)
}
