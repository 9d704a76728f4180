import { trpc } from '../trpc.ts'

/** Whether the person runs the installation, and so what touches all workspaces; false until it is known. */
export function useIsOperator(): boolean {
  const { data } = trpc.account.me.useQuery(undefined, { staleTime: Number.POSITIVE_INFINITY })
  return data?.isOperator === true
}
