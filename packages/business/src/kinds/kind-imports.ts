import { registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'

const AUTHORS_ENTRY = '@bellhop/kind'
let isRegistered = false

/** The default export of a file of the kinds folder, whatever it is. */
export async function importKind(path: string): Promise<unknown> {
  resolveAuthorsEntry()
  const module = (await import(pathToFileURL(path).href)) as { readonly default?: unknown }
  return module.default
}

/**
 * Lets such a file import `@bellhop/kind` also where nobody has installed it: it gets the one of this house. One that is
 * installed beside the file comes first.
 */
function resolveAuthorsEntry(): void {
  if (isRegistered) return
  isRegistered = true
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier !== AUTHORS_ENTRY) return next(specifier, context)
      try {
        return next(specifier, context)
      } catch {
        return next(specifier, { ...context, parentURL: import.meta.url })
      }
    },
  })
}
