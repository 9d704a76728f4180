import type { Quota, Usage } from '@bellhop/model'
import { LIMITS } from '@bellhop/model'
import { amountOf, type ByteAmount, byteAmount, bytesOf } from './byte-amount.ts'

/** What stands in the form, right or wrong. */
export interface QuotaDraft {
  readonly maxBytes: ByteAmount
  readonly maxFiles: string
  readonly maxFileBytes: ByteAmount
  /** None: every type. */
  readonly mediaTypes: readonly string[]
}

type QuotaFault = 'notANumber' | 'notWhole' | 'tooLarge' | 'tooManyFiles' | 'aboveAll'
export type QuotaFaults = Readonly<Partial<Record<'maxBytes' | 'maxFiles' | 'maxFileBytes', QuotaFault>>>

/** As far as the database counts. */
const MAX_FILES = 2 ** 31 - 1
const MEDIA_TYPE = /^[a-z0-9][\w.+-]*\/(\*|[\w.+-]+)$/

export function quotaDraft(quota: Quota): QuotaDraft {
  return {
    maxBytes: byteAmount(quota.maxBytes),
    maxFiles: quota.maxFiles === null ? '' : String(quota.maxFiles),
    maxFileBytes: byteAmount(quota.maxFileBytes),
    mediaTypes: quota.mediaTypes ?? [],
  }
}

/** The quota that the form means, or what is wrong with it, field by field. */
export function readQuota(draft: QuotaDraft): { readonly quota: Quota } | { readonly faults: QuotaFaults } {
  const maxBytes = bytesOf(draft.maxBytes)
  const maxFiles = amountOf(draft.maxFiles)
  const maxFileBytes = bytesOf(draft.maxFileBytes)
  const faults: { -readonly [K in keyof QuotaFaults]: QuotaFaults[K] } = {}
  if (maxBytes === undefined) faults.maxBytes = 'notANumber'
  if (maxFiles === undefined || !Number.isInteger(maxFiles ?? 0)) faults.maxFiles = 'notWhole'
  else if ((maxFiles ?? 0) > MAX_FILES) faults.maxFiles = 'tooManyFiles'
  if (maxFileBytes === undefined) faults.maxFileBytes = 'notANumber'
  else if ((maxFileBytes ?? 0) > LIMITS.fileSizeBytes) faults.maxFileBytes = 'tooLarge'
  else if (maxFileBytes !== null && typeof maxBytes === 'number' && maxFileBytes > maxBytes)
    faults.maxFileBytes = 'aboveAll'
  if (maxBytes === undefined || maxFiles === undefined || maxFileBytes === undefined || Object.keys(faults).length > 0)
    return { faults }
  const mediaTypes = draft.mediaTypes.length === 0 ? null : draft.mediaTypes
  return { quota: { maxBytes, maxFiles, maxFileBytes, mediaTypes } }
}

/** A type as it is kept; null when it is none. */
export function cleanMediaType(text: string): string | null {
  const type = text.trim().toLowerCase()
  return MEDIA_TYPE.test(type) ? type : null
}

/** Less than is held already: allowed, but worth a warning. */
export function isBelowUsed(quota: Quota, usage: Usage): { readonly bytes: boolean; readonly files: boolean } {
  return {
    bytes: quota.maxBytes !== null && quota.maxBytes < usage.usedBytes,
    files: quota.maxFiles !== null && quota.maxFiles < usage.usedFiles,
  }
}
