import type { StoreCheck } from '@bellhop/model'

/** What one check found; the order of the report gives it its name. */
export type Finding = Omit<StoreCheck, 'name'>

export function green(found: string): Finding {
  return { state: 'green', found, fix: null }
}

/** Works, with less. */
export function amber(found: string, fix: string): Finding {
  return { state: 'amber', found, fix }
}

/** Uploads or downloads will fail, or are not safe. */
export function red(found: string, fix: string): Finding {
  return { state: 'red', found, fix }
}
