import * as business from '@bellhop/business'
import { tracked } from '@trpc/server'
import { z } from 'zod'
import { lastEventId } from './input.ts'
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

  /** Says that a view changed for this workspace. After a reconnect, read again: nothing is replayed. */
  watch: procedure
    .input(z.object({ views: z.array(viewName).min(1).max(10), lastEventId }))
    .subscription(({ ctx, input, signal = NEVER }) => {
      const feed = (until: AbortSignal) => business.watchViews(ctx.call, input, until)
      return subscribe(ctx, feed, signal, (view) => {
        const at = new Date().toISOString()
        return tracked(at, { view, at })
      })
    }),
})

const NEVER = new AbortController().signal
