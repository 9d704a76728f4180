import { sql } from 'drizzle-orm'
import type { Column, SQL } from 'drizzle-orm'

/**
 * What a restricted role may see: the workspace that the role is named after, by its id. Not a setting, for a session could
 * set another. The server itself connects as the owner, whom no policy binds.
 */
export function ofOwnWorkspace(workspaceId: Column): SQL {
  return sql`${workspaceId} = current_user::text`
}
