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
}

/** A changed row as the apply statements return it. */
export interface ChangedRow {
  readonly key: string
  readonly tenant: string | null
  readonly old_tenant: string | null
}

export function appliedRows(view: AnyView, rows: readonly ChangedRow[], durationMs: number): Applied {
  if (rows.length > REPORTED_KEYS_MAX) return { view: view.name, keys: 'many', tenants: 'many', durationMs }
  const tenants = new Set(rows.flatMap((row) => [row.tenant, row.old_tenant]).filter((tenant) => tenant !== null))
  return { view: view.name, keys: rows.map(({ key }) => key).toSorted(), tenants: [...tenants].toSorted(), durationMs }
}
