/** Which version of each view somebody has seen: `catalog:1731000000123 usage:1731000000456`. */
export function viewCursor(versions: ReadonlyMap<string, number>): string {
  return [...versions].map(([view, version]) => `${view}:${version}`).join(' ')
}

/** What does not parse is as if it had not been seen. */
export function parseViewCursor(cursor: string | undefined): Map<string, number> {
  const versions = new Map<string, number>()
  for (const [, view, version] of (cursor ?? '').matchAll(/(?:^| )([a-z0-9_]+):([0-9]{1,15})(?= |$)/g)) {
    if (view !== undefined) versions.set(view, Number(version))
  }
  return versions
}
