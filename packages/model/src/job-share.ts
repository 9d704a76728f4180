import type { WorkspaceId } from './ids.ts'

/** What a workspace has of the workers. */
export interface JobShare {
  /** While others wait too: 3 gets three jobs for each one of a workspace with 1. */
  readonly weight: number
  /** Jobs at once; null: no bound. */
  readonly maxRunningJobs: number | null
}

/** As whoever runs the installation sees it. */
export interface WorkspaceShare extends JobShare {
  readonly id: WorkspaceId
  readonly name: string
  /** Jobs that it has running now. */
  readonly running: number
}
