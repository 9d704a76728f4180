import { AppError } from '@bellhop/model'
import type { ViewStatus } from '@bellhop/model'
import * as persistence from '@bellhop/persistence'
import { requireRight } from './caller.ts'
import type { Context } from './caller.ts'

/** Changes that come closer together are told as one. */
const THROTTLE_MS = 200

export function listViews({ platform }: Context): Promise<ViewStatus[]> {
  return persistence.viewStatuses(platform.database)
}

export async function refreshView(
  { platform, caller }: Context,
  { name }: { name: string },
): Promise<{ name: string }> {
  const known = viewToControl(caller, name)
  if (!(await persistence.recompute(platform.database, known))) throw new AppError('VIEW_PAUSED')
  platform.notifier.viewChanged(known, null)
  return { name }
}

/** Keeps the workers from it until it is resumed. Readers go on, and are told how far behind it is. */
export async function pauseView({ platform, caller }: Context, { name }: { name: string }): Promise<{ name: string }> {
  await persistence.pauseView(platform.database, viewToControl(caller, name))
  return { name }
}

export async function resumeView({ platform, caller }: Context, { name }: { name: string }): Promise<{ name: string }> {
  await persistence.resumeView(platform.database, viewToControl(caller, name))
  return { name }
}

/** Has what the view holds of the caller's workspace computed anew, soon, by a worker. */
export async function refreshWorkspaceView(
  { platform, caller }: Context,
  { name }: { name: string },
): Promise<{ name: string }> {
  await persistence.refreshWorkspace(platform.database, viewToControl(caller, name), caller.workspaceId)
  return { name }
}

/** @throws AppError FORBIDDEN, VIEW_NOT_FOUND */
function viewToControl(caller: Context['caller'], name: string): persistence.ViewName {
  requireRight(caller, 'administer')
  if (persistence.isViewName(name)) return name
  const names = persistence.VIEWS.map((view) => view.name)
  throw new AppError('VIEW_NOT_FOUND', `There is no view \`${name}\`; there are ${names.join(', ')}.`)
}

/** The names of views that changed for this workspace, for as long as the signal lets it. */
export async function* watchViews(
  { viewHub, caller }: Context,
  { views }: { views: readonly string[] },
  signal: AbortSignal,
): AsyncGenerator<string> {
  using mailbox = viewHub.watch(caller.workspaceId)
  for (;;) {
    const taken = await mailbox.take(signal)
    if (taken === null) return
    for (const view of views) if (taken === 'overflowed' || taken.includes(view)) yield view
    await pause(THROTTLE_MS, signal)
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
