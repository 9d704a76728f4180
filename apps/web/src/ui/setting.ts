export interface SettingStore<T extends string> {
  readonly get: () => T
  readonly set: (value: T) => void
  readonly subscribe: (listener: () => void) => () => void
}

/** One choice that this browser remembers. A browser that keeps nothing (private mode, quota) forgets it with the tab. */
export function settingStore<const T extends string>(
  key: string,
  values: readonly T[],
  fallback: () => T,
): SettingStore<T> {
  const listeners = new Set<() => void>()
  const kept = read(key)
  let current = values.find((value) => value === kept) ?? fallback()
  return {
    get: () => current,
    set(value) {
      current = value
      try {
        localStorage.setItem(key, value)
      } catch {
        // The choice still holds for this tab.
      }
      for (const listener of listeners) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}
