import { LiveViewError } from './error.ts'

// Their value changes without any row changing, so no trigger could say that the view is stale.
const UNSTABLE_CALLS =
  'now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday|random|random_normal|gen_random_uuid|uuidv4|uuidv7|nextval|currval|txid_current|pg_current_xact_id|current_setting|pg_backend_pid'
const UNSTABLE_WORDS =
  'current_timestamp|current_date|current_time|localtimestamp|localtime|current_user|session_user|current_role'
const UNSTABLE = new RegExp(String.raw`\b(?:(${UNSTABLE_CALLS})\s*\(|(${UNSTABLE_WORDS})\b)`, 'i')

const LITERALS_AND_COMMENTS = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\//g

/** Throws `query_not_stable` when the query reads the clock, chance or the session. */
export function assertStableQuery(view: string, query: string): void {
  const found = UNSTABLE.exec(query.replace(LITERALS_AND_COMMENTS, ' '))
  if (found === null) return
  throw new LiveViewError(
    'query_not_stable',
    `View ${view} calls ${found[1] ?? found[2]}: its rows would change without a write that says so. Store the value in a column, or compute it when the view is read.`,
  )
}
