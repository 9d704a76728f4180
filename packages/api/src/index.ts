export type { RequestContext } from './context.ts'
export { appRouter } from './router.ts'
export type { AppRouter } from './router.ts'
