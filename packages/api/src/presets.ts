import * as business from '@bellhop/business'
import { LIMITS } from '@bellhop/model'
import { z } from 'zod'
import { jobKind } from './input.ts'
import { presetName } from './job-requests.ts'
import { procedure, router } from './trpc.ts'

const settings = z
  .record(z.string(), z.unknown())
  .refine((given) => JSON.stringify(given).length <= LIMITS.jobInputBytes, 'The settings are longer than 64 KiB.')

export const presets = router({
  list: procedure.query(({ ctx }) => business.listPresets(ctx.call)),
  set: procedure
    .input(z.object({ name: presetName, kind: jobKind, settings, isDefault: z.boolean().default(false) }))
    .mutation(({ ctx, input }) => business.setPreset(ctx.call, input)),
  delete: procedure
    .input(z.object({ name: presetName }))
    .mutation(({ ctx, input }) => business.deletePreset(ctx.call, input)),
})
