import { committedToken, readView } from '@bellhop/live-view'
import type { ViewReader } from '@bellhop/live-view'
import type { AnswerFreshness, Want } from '@bellhop/model'
import type { Database } from './database.ts'
import { told, viewNamed } from './view-status.ts'
import type { ViewName } from './views/index.ts'

/** What selects: the pool, a transaction, or a view that is as fresh as somebody wanted it. */
export type Selects = Pick<ViewReader, 'select'>

/** Reads a view as fresh as is wanted, or says that it could not be had in time. `read` may be called more than once. */
export async function readAsFresh<T>(
  { db }: Database,
  name: ViewName,
  want: Want,
  read: (view: Selects) => Promise<T>,
): Promise<{ rows: T; freshness: AnswerFreshness }> {
  const { rows, met, source, ...found } = await readView(db, viewNamed(name), want, read)
  return { rows, freshness: { ...told(found), met, source } }
}

/** Names all that was committed before the call: who reads after it sees what it wrote. */
export function readWriteToken({ sql }: Database): Promise<string> {
  return committedToken(sql)
}
