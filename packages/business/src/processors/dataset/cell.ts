import type { Json } from '@duckdb/node-api'

/** A value of a result as text; queries that are read so give text, numbers or booleans. */
export function cellText(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null)
}
