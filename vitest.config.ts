import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { BaseSequencer } from 'vitest/node'
import type { TestSpecification } from 'vitest/node'

/** Servers and workers that tests start are stripped of their types and compiled once, as those of `bellhop start` are. */
process.env['NODE_COMPILE_CACHE'] ??= fileURLToPath(new URL('node_modules/.cache/node', import.meta.url))

const UNIT = ['packages/*/test/**/*.unit.test.ts', 'apps/*/test/**/*.unit.test.ts']
/** Tests that clone the run's one template database. */
const POSTGRES = ['packages/{persistence,business,api,client}/test/*.test.ts', 'apps/{server,worker}/test/*.test.ts']

/** A shared machine stalls now and then. Elsewhere nothing is tried twice, so that a race shows. */
const retry = process.env['CI'] ? 1 : 0

/** By default large files come first. These are short and take longest, mostly waiting: at the end nothing would run beside. */
const LONG = /\/kill-\w+\.test\.ts$/

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) => Number(LONG.test(moduleId))
    // oxlint-disable-next-line unicorn/no-array-sort -- no array's: it gives a new one
    const largeFirst = await super.sort(files)
    return largeFirst.toSorted((a, b) => isLong(b) - isLong(a))
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongFirst },
    // Most tests wait for something; two cores carry three files of them.
    maxWorkers: 3,
    projects: [
      { test: { name: 'unit', include: UNIT } },
      {
        test: {
          name: 'stack',
          retry,
          include: [
            'packages/{local-stack,live-view}/test/**/*.test.ts',
            'packages/business/test/processors/**/*.test.ts',
            'apps/cli/test/**/*.test.ts',
            'examples/*/test/**/*.test.ts',
          ],
          exclude: UNIT,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'postgres',
          retry,
          include: POSTGRES,
          exclude: UNIT,
          globalSetup: ['packages/testkit/src/template-database.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          retry,
          // Whole platforms: after the others, which they would slow down.
          sequence: { groupOrder: 1 },
          include: ['apps/{chaos,e2e}/test/**/*.test.ts'],
          globalSetup: ['apps/e2e/src/page-build.ts'],
          exclude: UNIT,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
