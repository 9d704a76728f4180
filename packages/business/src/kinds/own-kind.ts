import type { JobKind } from '@bellhop/model'

/** A kind of a team's own, as server and worker know it. What runs stays in its file, for a process of its own. */
export interface OwnKind extends JobKind {
  /** Of the file that defines it, absolute. */
  readonly path: string
  /** The JavaScript heap of the process that runs an attempt. */
  readonly memoryMib: number
}

export function isOwnKind(kind: JobKind): kind is OwnKind {
  return 'path' in kind
}
