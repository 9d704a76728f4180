import { defineKind, z } from '@bellhop/kind'

/** Fails, and may do so twice. */
export default defineKind({
  name: 'test.twice',
  version: 1,
  limits: { tries: 2 },
  input: z.object({}),
  output: z.object({}),
  run: () => Promise.reject(new Error('No.')),
})
