export type { RequestContext } from './context.ts'
export { serveHttpApi } from './http/http-api.ts'
export { appRouter } from './router.ts'
export type { AppRouter } from './router.ts'
