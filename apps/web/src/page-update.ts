const KEY = 'bellhop.reloaded-at'
/** A page that still cannot be loaded right after a reload is not out of date but broken. */
const AGAIN_AFTER_MS = 30_000

/** A newer build has other file names: a page that was open since before finds its parts gone, and starts anew. */
export function reloadAfterUpdate(): void {
  addEventListener('vite:preloadError', (event) => {
    const reloadedAt = Number(sessionStorage.getItem(KEY) ?? 0)
    if (Date.now() - reloadedAt < AGAIN_AFTER_MS) return
    event.preventDefault()
    sessionStorage.setItem(KEY, String(Date.now()))
    location.reload()
  })
}
