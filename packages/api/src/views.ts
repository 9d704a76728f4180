import * as business from '@bellhop/business'
import { tracked } from '@trpc/server'
import { z } from 'zod'
import { subscribe } from './live-feed.ts'
import { procedure, router } from './trpc.ts'

const viewName = z.string().max(40)

export const views = router({
  status: procedure.query(({ ctx }) => business.listViews(ctx.call)),
  refresh: procedure
    .input(z.object({ name: viewName }))
    .mutation(({ ctx, input }) => business.refreshView(ctx.call, input)),
  refreshWorkspace: procedure
    .input(z.object({ name: viewName }))
    .mutation(({ ctx, input }) => business.refreshWorkspaceView(ctx.call, input)),
  pause: procedure
    .input(z.object({ name: viewName }))
    .mutation(({ ctx, input }) => business.pauseView(ctx.call, input)),
  resume: procedure
    .input(z.object({ name: viewName }))
    .mutation(({ ctx, input }) => business.resumeView(ctx.call, input)),

  /**
   * Says that a view changed for this workspace. From a cursor (`lastEventId`) on nothing is left out and nothing told that
   * did not change; without one it begins with each view's version, `changed: false`.
   */
  watch: procedure
    .input(z.object({ views: z.array(viewName).min(1).max(10), lastEventId: z.string().max(1_000).nullish() }))
    .subscription(({ ctx, input, signal = NEVER }) => {
      const asked = { views: input.views, cursor: input.lastEventId ?? undefined }
      const feed = (until: AbortSignal) => business.watchViews(ctx.call, asked, until)
      return subscribe(ctx, feed, signal, ({ cursor, ...step }) =>
        tracked(cursor, { ...step, at: new Date().toISOString() }),
      )
    }),
})

const NEVER = new AbortController().signal
