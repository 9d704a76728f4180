import { NODE_CONTENDERS, NodeContender } from './node-contender.ts'
import { sdkInBrowser, uppy, uppySingle, uppyTuned } from './browser/blank-pages.ts'
import { ourPage } from './browser/our-page.ts'
import { servePages } from './browser/page-server.ts'
import { uppySigner } from './browser/uppy-signer.ts'
import type { Contender } from './contender.ts'
import type { World } from './world.ts'

/** Each a process, which ends with the stack. */
export function nodeContenders(world: World, stack: AsyncDisposableStack): Record<string, Contender> {
  const { url, apiKey, store, binding } = world
  return Object.fromEntries(
    NODE_CONTENDERS.map((name) => [name, stack.use(new NodeContender(name, { url, apiKey, store, binding }))]),
  )
}

/** `pages` is the folder that the blank pages were built into. */
export async function browserContenders(
  world: World,
  pages: string,
  stack: AsyncDisposableStack,
): Promise<Record<string, Contender>> {
  const { url, apiKey, store } = world
  const { origin } = stack.use(await servePages(pages, uppySigner(store)))
  return {
    page: await ourPage(await world.signInLink()),
    sdk_in_browser: sdkInBrowser(origin, { url, apiKey }),
    uppy: uppy(origin),
    uppy_tuned: uppyTuned(origin),
    uppy_single: uppySingle(origin),
  }
}
