import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { JOB_KINDS, newId } from '@bellhop/model'
import type { JobInput } from '@bellhop/model'
import sharp from 'sharp'
import { makeVariants } from '../../src/processors/image/make-variants.ts'
import type { MadeVariants } from '../../src/processors/image/make-variants.ts'

interface Made extends AsyncDisposable {
  readonly facts: MadeVariants
  /** Where the variant of that ending is, such as `-64.webp`. */
  path(suffix: string): string
}

/** What the child process does, in this one: it starts ten times faster. */
export async function madeVariants(
  bytes: Uint8Array | string,
  policy: Omit<JobInput<'image.variants'>, 'fileId'> & { readonly mediaType?: string } = {},
): Promise<Made> {
  const { mediaType = 'image/jpeg', ...settings } = policy
  const { fileId: _, ...parsed } = JOB_KINDS['image.variants'].input.parse({ fileId: newId('file'), ...settings })
  const outDir = await mkdtemp(join(tmpdir(), 'bellhop-variants-'))
  const remove = () => rm(outDir, { recursive: true, force: true })
  try {
    const path = join(outDir, 'source')
    await writeFile(path, bytes)
    const facts = await makeVariants({ path, mediaType, outDir, policy: parsed }, { advance: () => undefined })
    return { facts, path: (suffix) => join(outDir, `variant${suffix}`), [Symbol.asyncDispose]: remove }
  } catch (error) {
    await remove()
    throw error
  } finally {
    // It takes all other loaders away for good, which a child process does not miss.
    sharp.unblock({ operation: ['VipsForeignLoad'] })
  }
}
