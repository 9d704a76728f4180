import { account } from './account.ts'
import { catalog } from './catalog.ts'
import { downloads } from './downloads.ts'
import { files } from './files.ts'
import { insights } from './insights.ts'
import { jobs } from './jobs.ts'
import { operations } from './operations.ts'
import { presets } from './presets.ts'
import { storage } from './storage.ts'
import { router } from './trpc.ts'
import { uploads } from './uploads.ts'
import { valetKeys } from './valet-keys.ts'
import { views } from './views.ts'
import { webhooks } from './webhooks.ts'

export const appRouter = router({
  account,
  catalog,
  downloads,
  files,
  insights,
  jobs,
  operations,
  presets,
  storage,
  uploads,
  valetKeys,
  views,
  webhooks,
})
export type AppRouter = typeof appRouter
