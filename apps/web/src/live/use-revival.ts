import { useEffect } from 'react'

const REVIVE_AFTER_MS = 3_000

/** A lost connection comes back by itself, but a subscription that the server ended with an error does not. */
export function useRevival({ status, reset }: { readonly status: string; readonly reset: () => void }): void {
  useEffect(() => {
    if (status !== 'error') return
    const timer = setTimeout(reset, REVIVE_AFTER_MS)
    return () => clearTimeout(timer)
  }, [status, reset])
}
