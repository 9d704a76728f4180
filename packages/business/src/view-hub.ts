import type { WorkspaceId } from '@bellhop/model'
import { Mailbox } from './mailbox.ts'

const MAILBOX_VIEWS = 32

export type ViewMailbox = Mailbox<string, string>

/** Tells the readers of this process which views changed for their workspace. */
export class ViewHub {
  readonly #mailboxes = new Map<WorkspaceId, Set<ViewMailbox>>()

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
  changed(view: string, workspaceIds: readonly WorkspaceId[] | null): void {
    for (const id of workspaceIds ?? this.#mailboxes.keys()) {
      for (const mailbox of this.#mailboxes.get(id) ?? []) mailbox.put(view, view)
    }
  }

  /** Something may have been missed. */
  lookAgain(): void {
    for (const mailboxes of this.#mailboxes.values()) for (const mailbox of mailboxes) mailbox.overflow()
  }
}
