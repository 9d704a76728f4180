import { isId, type WorkspaceId } from '@bellhop/model'

const KEY = 'bellhop.workspace'

/** The workspace that this browser looks at; null leaves it to the server, which takes the only one. */
export function chosenWorkspace(): WorkspaceId | null {
  const id = localStorage.getItem(KEY)
  return isId('workspace', id) ? id : null
}

export function workspaceHeaders(): Record<string, string> {
  const id = chosenWorkspace()
  return id === null ? {} : { 'x-bellhop-workspace': id }
}

export function workspaceParams(): Record<string, string> {
  const id = chosenWorkspace()
  return id === null ? {} : { workspaceId: id }
}

/** Everything that is shown belongs to a workspace, so the page starts anew. */
export function switchWorkspace(id: WorkspaceId): void {
  localStorage.setItem(KEY, id)
  location.assign('/')
}

export function forgetWorkspace(): void {
  localStorage.removeItem(KEY)
}
