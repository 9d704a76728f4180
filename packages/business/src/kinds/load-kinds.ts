import { readdir } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { isJobKindName } from '@bellhop/model'
import { readKindFile } from './kind-file.ts'
import type { OwnKind } from './own-kind.ts'

const MAX_FILES = 500
/** Files of the folder itself; what they share lies in folders below it. */
const KIND_FILE = /^[^.].*(?<!\.d|\.test)\.m?[jt]s$/

/**
 * The kinds of a team's own: one a file, its default export. Rejects with one Error that names every file at fault and
 * why, so that a start shows them all.
 */
export async function loadKinds(dir: string | null): Promise<readonly OwnKind[]> {
  if (dir === null) return []
  const files = await kindFiles(resolve(dir))
  const kinds: OwnKind[] = []
  const faults: string[] = []
  for (const path of files) {
    try {
      const kind = await readKindFile(path)
      const reason = refusal(kind, kinds)
      if (reason === null) kinds.push(kind)
      else faults.push(`${path}: ${reason}`)
    } catch (error) {
      faults.push(`${path}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  if (faults.length === 0) return kinds
  throw new Error(['Not every file of the kinds folder can be used; mend or remove it.', ...faults].join('\n'))
}

async function kindFiles(dir: string): Promise<string[]> {
  const names = await readdir(dir).catch((cause: unknown) => {
    throw new Error(`The kinds folder \`${dir}\` cannot be read; make it, or set \`BELLHOP_KINDS_DIR\` to another.`, {
      cause,
    })
  })
  const files = names.filter((name) => KIND_FILE.test(name)).toSorted()
  if (files.length > MAX_FILES) {
    throw new Error(`The kinds folder \`${dir}\` has ${files.length} files; it may have ${MAX_FILES}.`)
  }
  return files.map((name) => join(dir, name))
}

function refusal({ name }: OwnKind, others: readonly OwnKind[]): string | null {
  if (isJobKindName(name)) return `\`${name}\` is a kind that comes with Bellhop; choose another name.`
  const holder = others.find((other) => other.name === name)
  return holder ? `\`${name}\` is the kind of ${basename(holder.path)} already; choose another name.` : null
}
