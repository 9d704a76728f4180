import { AppError } from '@bellhop/model'
import type { ViewStatus } from '@bellhop/model'
import { VIEWS, isViewName, recompute, viewStatuses } from '@bellhop/persistence'
import { requireRight } from './caller.ts'
import type { Context } from './caller.ts'

/** Changes that come closer together are told as one. */
const THROTTLE_MS = 200

export function listViews({ platform }: Context): Promise<ViewStatus[]> {
  return viewStatuses(platform.database)
}

export async function refreshView(
  { platform, caller }: Context,
  { name }: { name: string },
): Promise<{ name: string }> {
  requireRight(caller, 'administer')
  if (!isViewName(name))
    throw new AppError(
      'VIEW_NOT_FOUND',
      `There is no view \`${name}\`; there are ${VIEWS.map((view) => view.name).join(' and ')}.`,
    )
  await recompute(platform.database, name)
  platform.notifier.viewChanged(name, null)
  return { name }
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
