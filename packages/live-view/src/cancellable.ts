import { type PendingQuery } from 'postgres'

/** Awaits a query, and has the server cancel it when `signal` fires, so that stopping does not wait for a long statement. */
export async function cancellable<T extends readonly unknown[]>(
  query: PendingQuery<T & object[]>,
  signal: AbortSignal | undefined,
): Promise<T> {
  signal?.throwIfAborted()
  const cancel = () => query.cancel()
  signal?.addEventListener('abort', cancel, { once: true })
  try {
    return await query
  } finally {
    signal?.removeEventListener('abort', cancel)
  }
}
