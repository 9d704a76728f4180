import { useSyncExternalStore } from 'react'

let sentence = ''
let turn = 0
const listeners = new Set<() => void>()

/** Says a sentence to screen readers, politely. One region serves the whole page. */
export function announce(text: string): void {
  turn += 1
  // The same sentence twice must be a change, or it is not read again.
  sentence = turn % 2 === 0 ? text : `${text}\u200b`
  for (const listener of listeners) listener()
}

export function LiveRegion() {
  const text = useSyncExternalStore(subscribe, () => sentence)
  return (
    <div role="status" aria-live="polite" aria-atomic="true" className="sr-only">
      {text}
    </div>
  )
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
