/** What a workspace may hold. Null: no bound. Outputs of jobs are not counted. */
export interface Quota {
  readonly maxBytes: number | null
  readonly maxFiles: number | null
  readonly maxFileBytes: number | null
  /** Such as `image/*` or `text/csv`. */
  readonly mediaTypes: readonly string[] | null
}

/** Whether a type is among those that a quota lists. */
export function takesMediaType({ mediaTypes }: Pick<Quota, 'mediaTypes'>, mediaType: string): boolean {
  if (mediaTypes === null) return true
  return mediaTypes.includes(mediaType) || mediaTypes.includes(`${mediaType.split('/', 1)[0]}/*`)
}

/** What it holds. Reserved is what uploads that have not ended may still bring. */
export interface Usage {
  readonly usedBytes: number
  readonly usedFiles: number
  readonly reservedBytes: number
  readonly reservedFiles: number
}

export interface QuotaState {
  readonly quota: Quota
  readonly usage: Usage
}
