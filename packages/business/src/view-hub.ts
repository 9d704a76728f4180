import type { WorkspaceId } from '@bellhop/model'
import { viewChangesAfter, viewVersion } from '@bellhop/persistence'
import type { Database, ViewName } from '@bellhop/persistence'
import { Mailbox } from './mailbox.ts'
import { SharedReads } from './shared-reads.ts'

const MAILBOX_VIEWS = 32

/** `version` 0: not known. */
export interface ViewChanged {
  readonly view: string
  readonly version: number
}

export type ViewMailbox = Mailbox<string, ViewChanged>

/** Tells the readers of this process which views changed for their workspace. */
export class ViewHub {
  readonly #database: Database
  readonly #mailboxes = new Map<WorkspaceId, Set<ViewMailbox>>()
  readonly #versions = new SharedReads<number>()
  readonly #changes = new SharedReads<Awaited<ReturnType<typeof viewChangesAfter>>>()

  constructor(database: Database) {
    this.#database = database
  }

  watch(workspaceId: WorkspaceId): ViewMailbox & Disposable {
    const mailbox: ViewMailbox = new Mailbox(MAILBOX_VIEWS)
    const set = this.#mailboxes.get(workspaceId) ?? new Set()
    this.#mailboxes.set(workspaceId, set.add(mailbox))
    return Object.assign(mailbox, {
      [Symbol.dispose]: () => {
        set.delete(mailbox)
        if (set.size === 0 && this.#mailboxes.get(workspaceId) === set) this.#mailboxes.delete(workspaceId)
      },
    })
  }

  /** `workspaceIds` null: all. */
  changed(change: ViewChanged, workspaceIds: readonly WorkspaceId[] | null): void {
    for (const id of workspaceIds ?? this.#mailboxes.keys()) {
      for (const mailbox of this.#mailboxes.get(id) ?? []) mailbox.put(change.view, change)
    }
  }

  /** Something may have been missed. */
  lookAgain(): void {
    for (const mailboxes of this.#mailboxes.values()) for (const mailbox of mailboxes) mailbox.overflow()
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
