import { sql } from 'drizzle-orm'
import type { Column, SQL } from 'drizzle-orm'

/**
 * What a role that is restricted to one workspace may see: `set bellhop.workspace = '<id>'`, in its session or by
 * `alter role … set`. Without it, nothing. The server itself connects as the owner, whom no policy binds.
 */
export function ofOwnWorkspace(workspaceId: Column): SQL {
  return sql`${workspaceId} = current_setting('bellhop.workspace', true)`
}
