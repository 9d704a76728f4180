import { AppError } from '@bellhop/model'
import type { z } from 'zod'

/** Cursors are opaque to callers: what a page needs to go on, as base64url of JSON. */
export function encodeCursor(position: unknown): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url')
}

/** @throws AppError INVALID_INPUT */
export function decodeCursor<T>(schema: z.ZodType<T>, cursor: string | undefined): T | undefined {
  if (cursor === undefined) return undefined
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')))
  } catch (cause) {
    throw new AppError('INVALID_INPUT', 'The cursor is not one that this list gave out; begin again without it.', {
      cause,
    })
  }
}
