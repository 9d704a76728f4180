import { connect } from '@bellhop/client'
import { BellhopProvider } from '@bellhop/react'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { chosenWorkspace, workspaceParams } from './account/workspace.ts'
import { LiveRoad } from './live/live-road.ts'
import { LiveRoadContext } from './live/use-live-road.ts'
import { pageCache, pageClient } from './page-client.ts'
import { reloadAfterUpdate } from './page-update.ts'
import { pageRouter } from './routes.tsx'
import './theme.css'
import { trpc } from './trpc.ts'
import { LiveRegion } from './ui/live-region.tsx'
import { followTheme } from './ui/theme.ts'
import { UploadsProvider } from './uploads/UploadsProvider.tsx'
import { WordsProvider } from './words/WordsProvider.tsx'

followTheme()
reloadAfterUpdate()

const router = pageRouter()
const road = new LiveRoad(workspaceParams)
const cache = pageCache(() => void router.navigate({ to: '/sign-in' }))

const workspaceId = chosenWorkspace()
const bellhop = connect({ url: location.origin, ...(workspaceId === null ? {} : { workspaceId }) })

const client = pageClient(road, bellhop.ownWrites)

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no #root.')

createRoot(root).render(
  <StrictMode>
    <trpc.Provider client={client} queryClient={cache} abortOnUnmount>
      <BellhopProvider client={bellhop} queryClient={cache}>
        <LiveRoadContext value={road}>
          <WordsProvider>
            <UploadsProvider engine={bellhop.files}>
              <RouterProvider router={router} />
              <LiveRegion />
            </UploadsProvider>
          </WordsProvider>
        </LiveRoadContext>
      </BellhopProvider>
    </trpc.Provider>
  </StrictMode>,
)
