import { defineConfig } from 'vitest/config'

/** `pnpm test:store`: what Bellhop relies on, against the store that `S3_*` names. Not among the tests of the house. */
export default defineConfig({
  test: {
    include: ['packages/testkit/test/any-store.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
