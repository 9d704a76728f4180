import { AppError } from '@bellhop/model'
import type { ViewStatus } from '@bellhop/model'
import * as persistence from '@bellhop/persistence'
import { requireRight } from './caller.ts'
import type { Context } from './caller.ts'
import { requireOperator } from './operators.ts'
import { parseViewCursor, viewCursor } from './view-cursor.ts'

/** Changes that come closer together are told as one. */
const THROTTLE_MS = 200

export function listViews({ platform }: Context): Promise<ViewStatus[]> {
  return persistence.viewStatuses(platform.database)
}

/** Computes the whole view anew, for all workspaces. For operators. */
export async function refreshView(ctx: Context, { name }: { name: string }): Promise<{ name: string }> {
  const { platform } = ctx
  const known = await wholeView(ctx, name)
  const version = await persistence.recompute(platform.database, known)
  if (version === undefined) throw new AppError('VIEW_PAUSED')
  platform.notifier.viewChanged(known, version, null)
  return { name }
}

/** Keeps the workers from it until it is resumed. Readers go on, and are told how far behind it is. For operators. */
export async function pauseView(ctx: Context, { name }: { name: string }): Promise<{ name: string }> {
  await persistence.pauseView(ctx.platform.database, await wholeView(ctx, name))
  return { name }
}

/** For operators. */
export async function resumeView(ctx: Context, { name }: { name: string }): Promise<{ name: string }> {
  await persistence.resumeView(ctx.platform.database, await wholeView(ctx, name))
  return { name }
}

/** Has what the view holds of the caller's workspace computed anew, soon, by a worker. For its owners. */
export async function refreshWorkspaceView(
  { platform, caller }: Context,
  { name }: { name: string },
): Promise<{ name: string }> {
  requireRight(caller, 'administer')
  await persistence.refreshWorkspace(platform.database, viewNamed(name), caller.workspaceId)
  return { name }
}

/** @throws AppError FORBIDDEN, VIEW_NOT_FOUND */
async function wholeView(ctx: Context, name: string): Promise<persistence.ViewName> {
  await requireOperator(ctx, 'What all workspaces read')
  return viewNamed(name)
}

/** @throws AppError VIEW_NOT_FOUND */
function viewNamed(name: string): persistence.ViewName {
  if (persistence.isViewName(name)) return name
  const names = persistence.VIEWS.map((view) => view.name)
  throw new AppError('VIEW_NOT_FOUND', `There is no view \`${name}\`; there are ${names.join(', ')}.`)
}

/** What is told of one view, and where to go on from after it. */
export interface ViewStep {
  readonly view: string
  readonly version: number
  /** False: it says the version only, to begin with. */
  readonly changed: boolean
  readonly cursor: string
}

/**
 * Each change of the views that may be of this workspace, for as long as the signal lets it: after `cursor`, or from now,
 * and then first each view's version. What comes close together is told as one.
 */
export async function* watchViews(
  { viewHub, caller }: Context,
  { views, cursor }: { views: readonly string[]; cursor?: string | undefined },
  signal: AbortSignal,
): AsyncGenerator<ViewStep> {
  // first the ear, then the look
  using mailbox = viewHub.watch(caller.workspaceId)
  const names = [...new Set(views)].filter(persistence.isViewName)
  const asked = parseViewCursor(cursor)
  const versions = new Map([...asked].filter(([view]) => names.some((name) => name === view)))
  const resumes = versions.size > 0
  const step = (view: persistence.ViewName, version: number, changed: boolean): ViewStep => {
    versions.set(view, version)
    return { view, version, changed, cursor: viewCursor(versions) }
  }
  for (const view of names) if (!versions.has(view)) yield step(view, await viewHub.versionOf(view), false)
  for (let isBehind = resumes; ;) {
    const changes = isBehind ? await missed() : []
    for (const { view, version } of changes) yield step(view, version, true)
    if (changes.length > 0) await pause(THROTTLE_MS, signal)
    const taken = await mailbox.take(signal)
    if (taken === null) return
    isBehind = taken === 'overflowed'
    if (taken === 'overflowed') continue
    let told = false
    for (const view of names) {
      const change = taken.find((candidate) => candidate.view === view)
      const known = versions.get(view) ?? 0
      // What was told late is in what has been read since.
      if (!change || (change.version > 0 && change.version <= known)) continue
      told = true
      yield step(view, Math.max(known, change.version), true)
    }
    if (told) await pause(THROTTLE_MS, signal)
  }

  async function missed(): Promise<{ view: persistence.ViewName; version: number }[]> {
    const found = names.map(async (view) => {
      const change = await viewHub.changesAfter(view, {
        version: versions.get(view) ?? 0,
        workspaceId: caller.workspaceId,
      })
      return change?.isOfWorkspace ? [{ view, version: change.version }] : []
    })
    return (await Promise.all(found)).flat()
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done, { once: true })
  })
}
