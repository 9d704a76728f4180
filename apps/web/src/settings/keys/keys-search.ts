import { type FileId, isId, LIMITS, type UserId } from '@bellhop/model'

/** Which keys are shown, as the address says it. */
export interface KeysSearch {
  readonly q?: string
  readonly file?: FileId
  readonly person?: UserId
}

export function keysSearch(raw: Record<string, unknown>): KeysSearch {
  const { q, file, person } = raw
  const text = typeof q === 'string' || typeof q === 'number' ? String(q).slice(0, LIMITS.searchChars) : ''
  return {
    ...(text === '' ? {} : { q: text }),
    ...(isId('file', file) ? { file } : {}),
    ...(isId('user', person) ? { person } : {}),
  }
}
