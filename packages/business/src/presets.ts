import { AppError, LIMITS, jobKindsFor, newId } from '@bellhop/model'
import type { JobKind, JobKindRegistry, PresetRecord, WorkspaceId } from '@bellhop/model'
import * as persistence from '@bellhop/persistence'
import type { Executor, PresetRow } from '@bellhop/persistence'
import { requireRight } from './caller.ts'
import type { Context } from './caller.ts'
import { describeFaults } from './input-faults.ts'

type Settings = Readonly<Record<string, unknown>>

export interface SetPreset {
  readonly name: string
  readonly kind: string
  readonly settings: Settings
  readonly isDefault: boolean
}

export async function listPresets({ platform, caller }: Context): Promise<PresetRecord[]> {
  requireRight(caller, 'read')
  const rows = await persistence.listPresets(platform.database.db, caller.workspaceId)
  return rows.map((row) => toRecord(platform.kinds, row))
}

/**
 * Makes a preset, or puts other settings under its name. A new default takes the place of the one before.
 * @throws AppError UNKNOWN_JOB_KIND, JOB_INPUT_INVALID, PRESET_LIMIT
 */
export async function setPreset({ platform, caller }: Context, preset: SetPreset): Promise<PresetRecord> {
  requireRight(caller, 'administer')
  const kind = platform.kinds.kindOf(preset.kind)
  if (!kind) throw new AppError('UNKNOWN_JOB_KIND', `There is no job of kind \`${preset.kind}\` to make a preset of.`)
  const faults = faultsOf(kind, preset.settings)
  if (faults.length > 0) {
    throw new AppError('JOB_INPUT_INVALID', `The settings do not fit ${kind.name}. ${faults.join(' ')}`, {
      details: { faults },
    })
  }
  const { workspaceId, userId } = caller
  const row = await platform.database.db.transaction(async (tx) => {
    const others = await persistence.lockPresetsOf(tx, workspaceId, preset.name)
    if (others >= LIMITS.presetsPerWorkspace) throw new AppError('PRESET_LIMIT')
    return persistence.upsertPreset(tx, { ...preset, workspaceId, updatedBy: userId })
  })
  return toRecord(platform.kinds, row)
}

/** Jobs that took it keep what they took. */
export async function deletePreset(
  { platform, caller }: Context,
  { name }: { name: string },
): Promise<{ name: string }> {
  requireRight(caller, 'administer')
  if (!(await persistence.deletePreset(platform.database.db, caller.workspaceId, name))) throw notFound(name)
  return { name }
}

/** What starts by itself for a file of that type: what always does, and each kind for it that has a default preset. */
export async function kindsOnArrival(
  tx: Executor,
  kinds: JobKindRegistry,
  workspaceId: WorkspaceId,
  mediaType: string,
): Promise<string[]> {
  const always: string[] = jobKindsFor(mediaType)
  const possible = new Set(kinds.all.filter(({ accepts }) => accepts?.test(mediaType)).map(({ name }) => name))
  if (possible.size === 0) return always
  const chosen = await persistence.listDefaultKinds(tx, workspaceId)
  return [...new Set([...always, ...chosen.filter((kind) => possible.has(kind))])]
}

/**
 * The input of a job with what its preset says where it says nothing itself. Without a name it is the default of a kind
 * that is about files; a default that no longer fits is left aside, for nobody asked for it.
 * @throws AppError PRESET_NOT_FOUND
 */
export async function withPreset(
  tx: Executor,
  kind: JobKind,
  { workspaceId, input, preset: name }: { workspaceId: WorkspaceId; input: unknown; preset?: string | undefined },
): Promise<unknown> {
  if (name === undefined && !kind.accepts) return input
  const preset =
    name === undefined
      ? await persistence.findDefaultPreset(tx, workspaceId, kind.name)
      : await persistence.findPreset(tx, workspaceId, name)
  if (!preset) {
    if (name === undefined) return input
    throw notFound(name)
  }
  if (preset.kind !== kind.name) {
    throw new AppError(
      'PRESET_NOT_FOUND',
      `The preset \`${preset.name}\` is one of ${preset.kind}, not of ${kind.name}.`,
    )
  }
  if (name === undefined && faultsOf(kind, preset.settings).length > 0) return input
  return isRecord(input) ? { ...preset.settings, ...input } : input
}

/** What is wrong with settings: they are an input of the kind in all but the file. A name that it does not know is a slip. */
function faultsOf(kind: JobKind, settings: Settings): string[] {
  if ('fileId' in settings) return ['`fileId`: a preset is about no file; leave it out.']
  const parsed = kind.input.safeParse({ ...settings, fileId: newId('file') })
  if (!parsed.success) return describeFaults(parsed.error)
  const known = isRecord(parsed.data) ? parsed.data : {}
  return Object.keys(settings)
    .filter((key) => !Object.hasOwn(known, key))
    .map((key) => `\`${key}\`: ${kind.name} has no such setting.`)
}

function toRecord(kinds: JobKindRegistry, { name, kind, settings, isDefault, updatedAt }: PresetRow): PresetRecord {
  const known = kinds.kindOf(kind)
  const fits = known !== undefined && faultsOf(known, settings).length === 0
  return { name, kind, settings, isDefault, fits, updatedAt: updatedAt.toISOString() }
}

function notFound(name: string): AppError {
  return new AppError('PRESET_NOT_FOUND', `There is no preset \`${name}\` in this workspace.`)
}

function isRecord(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
