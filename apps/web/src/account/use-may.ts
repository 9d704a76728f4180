import type { Right } from '@bellhop/model'
import { roleMay } from '@bellhop/model'
import { trpc } from '../trpc.ts'

/** Whether the person may do that here; null until it is known. */
export function useMay(right: Right): boolean | null {
  const { data } = trpc.account.me.useQuery(undefined, { staleTime: Number.POSITIVE_INFINITY })
  return data === undefined ? null : roleMay(data.role, right)
}
