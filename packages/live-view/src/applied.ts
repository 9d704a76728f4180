import { type AnyView } from './view.ts'

/** More changed rows than this are reported as `many`. */
export const REPORTED_KEYS_MAX = 2_000

/** What one transaction of an applier changed in a view. */
export interface Applied {
  readonly view: string
  /** Sorted keys of the rows that really changed, appeared or vanished; `many` past 2,000 or when not known by key. */
  readonly keys: readonly string[] | 'many'
  /** Sorted tenants whose rows those are or were; empty for a view without a tenant column; `many` goes with `keys`. */
  readonly tenants: readonly string[] | 'many'
  readonly durationMs: number
  /** Of the view after this change: each that changed rows raises it by one. */
  readonly version: number
}

/** A changed row as the apply statements return it. */
export interface ChangedRow {
  readonly key: string
  readonly tenant: string | null
  readonly old_tenant: string | null
}

export interface Application {
  readonly rows: readonly ChangedRow[]
  readonly durationMs: number
  readonly version: number
}

export function appliedRows(view: AnyView, { rows, durationMs, version }: Application): Applied {
  return { view: view.name, ...changedNames(rows), durationMs, version }
}

/** The keys and the tenants of changed rows, bounded. */
export function changedNames(rows: readonly ChangedRow[]): Pick<Applied, 'keys' | 'tenants'> {
  if (rows.length > REPORTED_KEYS_MAX) return { keys: 'many', tenants: 'many' }
  const tenants = new Set(rows.flatMap((row) => [row.tenant, row.old_tenant]).filter((tenant) => tenant !== null))
  return { keys: rows.map(({ key }) => key).toSorted(), tenants: [...tenants].toSorted() }
}
