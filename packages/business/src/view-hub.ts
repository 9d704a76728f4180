import type { WorkspaceId } from '@bellhop/model'
import { viewChangesAfter, viewVersion } from '@bellhop/persistence'
import type { Database, ViewName } from '@bellhop/persistence'
import type { Mailbox } from './mailbox.ts'
import { Mailboxes } from './mailboxes.ts'
import { SharedReads } from './shared-reads.ts'

const MAILBOX_VIEWS = 32

/** `version` 0: not known. */
export interface ViewChanged {
  readonly view: string
  readonly version: number
}

type ViewMailbox = Mailbox<string, ViewChanged> & Disposable

/** Tells the readers of this process which views changed for their workspace. */
export class ViewHub {
  readonly #database: Database
  readonly #mailboxes = new Mailboxes<WorkspaceId, string, ViewChanged>(MAILBOX_VIEWS)
  readonly #versions = new SharedReads<number>()
  readonly #changes = new SharedReads<Awaited<ReturnType<typeof viewChangesAfter>>>()

  constructor(database: Database) {
    this.#database = database
  }

  watch(workspaceId: WorkspaceId): ViewMailbox {
    return this.#mailboxes.open(workspaceId)
  }

  /** `workspaceIds` null: all. */
  changed(change: ViewChanged, workspaceIds: readonly WorkspaceId[] | null): void {
    for (const id of workspaceIds ?? this.#mailboxes.watched) {
      for (const mailbox of this.#mailboxes.of(id)) mailbox.put(change.view, change)
    }
  }

  /** Something may have been missed. */
  lookAgain(): void {
    for (const mailbox of this.#mailboxes.all()) mailbox.overflow()
  }

  /** Read once for all who ask at the same time: after a restart all come at once. */
  versionOf(view: ViewName): Promise<number> {
    return this.#versions.read(view, () => viewVersion(this.#database, view))
  }

  changesAfter(view: ViewName, since: { version: number; workspaceId: WorkspaceId }) {
    const key = `${view} ${since.version} ${since.workspaceId}`
    return this.#changes.read(key, () => viewChangesAfter(this.#database, view, since))
  }
}
