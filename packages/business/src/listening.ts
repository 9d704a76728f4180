import { listenForNotifications } from '@bellhop/persistence'
import { JobHub } from './job-hub.ts'
import type { Platform } from './platform.ts'
import { ViewHub } from './view-hub.ts'

export interface Listening extends AsyncDisposable {
  readonly jobHub: JobHub
  readonly viewHub: ViewHub
}

/** One LISTEN for the whole process, fanned out in memory to whoever watches. */
export async function listenForChanges(platform: Platform): Promise<Listening> {
  const jobHub = new JobHub(platform)
  const viewHub = new ViewHub(platform.database)
  const listening = await listenForNotifications(
    platform.settings.databaseUrl,
    {
      onJobs: (changed) => jobHub.changed(changed),
      onView: (view, version, workspaceIds) => viewHub.changed({ view, version }, workspaceIds),
      onCallers: () => platform.callers.clear(),
      onReconnect: () => {
        platform.callers.clear()
        jobHub.lookAgain()
        viewHub.lookAgain()
      },
    },
    (cause) =>
      platform.log.warn('Notifications are not heard; watchers are served by the slow sweep meanwhile.', cause),
  )
  return {
    jobHub,
    viewHub,
    [Symbol.asyncDispose]: async () => {
      await listening[Symbol.asyncDispose]()
      await jobHub[Symbol.asyncDispose]()
    },
  }
}
