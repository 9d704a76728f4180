import type { JobInput, KnownKindName } from './kinds/job-kinds.ts'

/** What a preset sets: the input of its kind, without the file that a job is about. */
export type PresetSettings<K extends string> = K extends KnownKindName
  ? Omit<JobInput<K>, 'fileId'>
  : Readonly<Record<string, unknown>>

/** Settings of one kind of job under a name of the workspace's own. */
export interface PresetRecord<K extends string = string> {
  readonly name: string
  readonly kind: K
  /** As they were given; what is left out has the kind's own default. */
  readonly settings: PresetSettings<K>
  /** Jobs of its kind that name no preset take it; at most one of a kind is. */
  readonly isDefault: boolean
  /** False: the kind has changed, or is gone, and does not take these settings any more. */
  readonly fits: boolean
  readonly updatedAt: string
}
