import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import {
  kindLimitsSetting,
  kindPatternsSetting,
  parseEnvironment,
  readSettings,
  wholeNumberSetting,
} from '@bellhop/business'
import type { CommonSettings, Environment } from '@bellhop/business'
import { z } from 'zod'

const workerEnvironment = z.object({
  BELLHOP_WORKER_CONCURRENCY: wholeNumberSetting('BELLHOP_WORKER_CONCURRENCY', 1, 256).default(
    Math.max(2, availableParallelism()),
  ),
  /** Of what runs when the worker is told to stop; what takes longer is handed back. */
  BELLHOP_WORKER_FINISH_SECONDS: wholeNumberSetting('BELLHOP_WORKER_FINISH_SECONDS', 0, 24 * 3600).default(3),
  BELLHOP_WORKER_KINDS: kindPatternsSetting.default(['*']),
  BELLHOP_WORKER_CHORES: z.enum(['on', 'off'], 'Expected `BELLHOP_WORKER_CHORES` to be `on` or `off`.').default('on'),
  BELLHOP_KIND_LIMITS: kindLimitsSetting('BELLHOP_KIND_LIMITS').default(new Map()),
  PUBLIC_URL: z.url().optional(),
  /** Of the server of this machine, where the page then is. */
  PORT: wholeNumberSetting('PORT', 0, 65_535).default(3000),
})

export interface WorkerConfig {
  readonly concurrency: number
  readonly scratchRoot: string
  readonly finishWithinMs: number
  readonly kinds: readonly string[]
  readonly chores: boolean
  readonly kindLimits: ReadonlyMap<string, number>
  readonly settings: CommonSettings
}

export function readConfig(environment: Environment): WorkerConfig {
  const env = parseEnvironment(workerEnvironment, environment)
  const settings = readSettings(environment, env.PUBLIC_URL ?? `http://localhost:${env.PORT}`)
  return {
    concurrency: env.BELLHOP_WORKER_CONCURRENCY,
    scratchRoot: join(settings.dataDir, 'scratch'),
    finishWithinMs: env.BELLHOP_WORKER_FINISH_SECONDS * 1000,
    kinds: env.BELLHOP_WORKER_KINDS,
    chores: env.BELLHOP_WORKER_CHORES === 'on',
    kindLimits: env.BELLHOP_KIND_LIMITS,
    settings,
  }
}
