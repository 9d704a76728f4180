import { databaseNow } from '@bellhop/persistence'
import type { Platform } from './platform.ts'

const ANSWER_WITHIN_MS = 3_000

export interface Health {
  readonly database: boolean
  readonly store: boolean
}

/** Whether the two engines answer, each within three seconds. */
export async function checkHealth({ database, store }: Platform): Promise<Health> {
  const [databaseUp, storeUp] = await Promise.all([
    inTime(databaseNow(database.db).then(() => true)),
    inTime(store.isReachable()),
  ])
  return { database: databaseUp, store: storeUp }
}

async function inTime(answer: Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ANSWER_WITHIN_MS)
  })
  try {
    return await Promise.race([answer.catch(() => false), late])
  } finally {
    clearTimeout(timer)
  }
}
