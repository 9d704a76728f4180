import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import { catalogSearch } from './catalog/catalog-search.ts'
import { Broken } from './frame/Broken.tsx'
import { Frame } from './frame/Frame.tsx'
import { NotFoundPage } from './frame/NotFoundPage.tsx'
import { insightsSearch } from './insights/insights-search.ts'
import { jobsSearch } from './jobs/jobs-search.ts'
import { keysSearch } from './settings/keys/keys-search.ts'

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFoundPage })

const enter = createRoute({
  getParentRoute: () => root,
  path: '/enter',
  component: lazyRouteComponent(() => import('./account/EnterPage.tsx'), 'EnterPage'),
})
const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  component: lazyRouteComponent(() => import('./account/SignInPage.tsx'), 'SignInPage'),
})

const frame = createRoute({ getParentRoute: () => root, id: 'frame', component: Frame })

const library = createRoute({
  getParentRoute: () => frame,
  path: '/',
  validateSearch: catalogSearch,
  component: lazyRouteComponent(() => import('./catalog/LibraryPage.tsx'), 'LibraryPage'),
})
const file = createRoute({
  getParentRoute: () => frame,
  path: '/files/$fileId',
  component: lazyRouteComponent(() => import('./files/FilePage.tsx'), 'FilePage'),
})
const jobs = createRoute({
  getParentRoute: () => frame,
  path: '/jobs',
  validateSearch: jobsSearch,
  component: lazyRouteComponent(() => import('./jobs/JobsPage.tsx'), 'JobsPage'),
})
const job = createRoute({
  getParentRoute: () => frame,
  path: '/jobs/$jobId',
  component: lazyRouteComponent(() => import('./jobs/JobPage.tsx'), 'JobPage'),
})
const insights = createRoute({
  getParentRoute: () => frame,
  path: '/insights',
  validateSearch: insightsSearch,
  component: lazyRouteComponent(() => import('./insights/InsightsPage.tsx'), 'InsightsPage'),
})
const operations = createRoute({
  getParentRoute: () => frame,
  path: '/operations',
  component: lazyRouteComponent(() => import('./operations/OperationsPage.tsx'), 'OperationsPage'),
})

const settings = createRoute({
  getParentRoute: () => frame,
  path: '/settings',
  beforeLoad: () => {
    throw redirect({ to: '/settings/storage', replace: true })
  },
})
const storage = createRoute({
  getParentRoute: () => frame,
  path: '/settings/storage',
  component: lazyRouteComponent(() => import('./settings/storage/StoragePage.tsx'), 'StoragePage'),
})
const room = createRoute({
  getParentRoute: () => frame,
  path: '/settings/room',
  component: lazyRouteComponent(() => import('./settings/room/RoomPage.tsx'), 'RoomPage'),
})
const keys = createRoute({
  getParentRoute: () => frame,
  path: '/settings/keys',
  validateSearch: keysSearch,
  component: lazyRouteComponent(() => import('./settings/keys/KeysPage.tsx'), 'KeysPage'),
})
const presets = createRoute({
  getParentRoute: () => frame,
  path: '/settings/presets',
  component: lazyRouteComponent(() => import('./settings/presets/PresetsPage.tsx'), 'PresetsPage'),
})
const webhooks = createRoute({
  getParentRoute: () => frame,
  path: '/settings/webhooks',
  component: lazyRouteComponent(() => import('./settings/webhooks/WebhooksPage.tsx'), 'WebhooksPage'),
})

const routeTree = root.addChildren([
  enter,
  signIn,
  frame.addChildren([library, file, jobs, job, insights, operations, settings, storage, room, keys, presets, webhooks]),
])

export function pageRouter() {
  return createRouter({
    routeTree,
    defaultPreload: 'intent',
    defaultErrorComponent: Broken,
    scrollRestoration: true,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof pageRouter>
  }
}
