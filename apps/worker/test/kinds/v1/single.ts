import { defineKind, z } from '@bellhop/kind'

/** Hangs until it is stopped, one at a time. */
export default defineKind({
  name: 'test.single',
  version: 1,
  limits: { maxRunning: 1 },
  input: z.object({}),
  output: z.object({}),
  async run({ signal }) {
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    return {}
  },
})
