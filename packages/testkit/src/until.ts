const LOOK_EVERY_MS = 20

/** Looks until `probe` gives something other than undefined, null or false. Throws when `withinMs` have passed. */
export async function until<T>(
  what: string,
  probe: () => Promise<T> | T,
  withinMs = 15_000,
): Promise<NonNullable<Exclude<T, false>>> {
  const endsAt = performance.now() + withinMs
  for (;;) {
    const found = await probe()
    if (found !== undefined && found !== null && found !== false) return found as NonNullable<Exclude<T, false>>
    if (performance.now() > endsAt) throw new Error(`Waited ${withinMs} ms in vain until ${what}.`)
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
  }
}
