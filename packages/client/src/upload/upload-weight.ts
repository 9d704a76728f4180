import { MIB } from '@bellhop/model'

/** Of an upload whose parts may fill a window, or whose size nobody knows. */
export const LARGE_WEIGHT = 4
const SMALL_BYTES = MIB

/** How much of the room for uploads one takes: many small ones may be under way, few large ones. */
export function uploadWeight(sizeBytes: number | null): number {
  return sizeBytes !== null && sizeBytes <= SMALL_BYTES ? 1 : LARGE_WEIGHT
}
