import type { UserId, WorkspaceId } from '@bellhop/model'
import { and, asc, count, eq, ne, sql } from 'drizzle-orm'
import type { Executor } from './database.ts'
import { presets, workspaces } from './schema/index.ts'

export type PresetRow = Pick<typeof presets.$inferSelect, 'name' | 'kind' | 'settings' | 'isDefault' | 'updatedAt'>

const COLUMNS = {
  name: presets.name,
  kind: presets.kind,
  settings: presets.settings,
  isDefault: presets.isDefault,
  updatedAt: presets.updatedAt,
}

/** Until the transaction ends nobody else sets one. The answer counts those of other names. */
export async function lockPresetsOf(tx: Executor, workspaceId: WorkspaceId, name: string): Promise<number> {
  await tx.select({ id: workspaces.id }).from(workspaces).where(eq(workspaces.id, workspaceId)).for('no key update')
  const others = and(eq(presets.workspaceId, workspaceId), ne(presets.name, name))
  const [row] = await tx.select({ count: count() }).from(presets).where(others)
  return row?.count ?? 0
}

/** A new default takes the place of the one before. The caller holds `lockPresetsOf`. */
export async function upsertPreset(
  tx: Executor,
  preset: Omit<PresetRow, 'updatedAt'> & { readonly workspaceId: WorkspaceId; readonly updatedBy: UserId },
): Promise<PresetRow> {
  const { workspaceId, name, kind, settings, isDefault, updatedBy } = preset
  if (isDefault) {
    await tx.update(presets).set({ isDefault: false }).where(defaultOf(workspaceId, kind))
  }
  const set = { kind, settings, isDefault, updatedBy, updatedAt: sql`now()` }
  const [row] = await tx
    .insert(presets)
    .values({ workspaceId, name, kind, settings, isDefault, updatedBy })
    .onConflictDoUpdate({ target: [presets.workspaceId, presets.name], set })
    .returning(COLUMNS)
  return row!
}

export function listPresets(tx: Executor, workspaceId: WorkspaceId): Promise<PresetRow[]> {
  return tx.select(COLUMNS).from(presets).where(eq(presets.workspaceId, workspaceId)).orderBy(asc(presets.name))
}

export async function findPreset(tx: Executor, workspaceId: WorkspaceId, name: string): Promise<PresetRow | undefined> {
  const [row] = await tx.select(COLUMNS).from(presets).where(named(workspaceId, name))
  return row
}

export async function findDefaultPreset(
  tx: Executor,
  workspaceId: WorkspaceId,
  kind: string,
): Promise<PresetRow | undefined> {
  const [row] = await tx.select(COLUMNS).from(presets).where(defaultOf(workspaceId, kind))
  return row
}

export async function listDefaultKinds(tx: Executor, workspaceId: WorkspaceId): Promise<string[]> {
  const rows = await tx
    .select({ kind: presets.kind })
    .from(presets)
    .where(and(eq(presets.workspaceId, workspaceId), eq(presets.isDefault, true)))
  return rows.map(({ kind }) => kind)
}

export async function deletePreset(tx: Executor, workspaceId: WorkspaceId, name: string): Promise<boolean> {
  const rows = await tx.delete(presets).where(named(workspaceId, name)).returning({ name: presets.name })
  return rows.length > 0
}

function named(workspaceId: WorkspaceId, name: string) {
  return and(eq(presets.workspaceId, workspaceId), eq(presets.name, name))
}

function defaultOf(workspaceId: WorkspaceId, kind: string) {
  return and(eq(presets.workspaceId, workspaceId), eq(presets.kind, kind), eq(presets.isDefault, true))
}
