import { copyFile, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newId } from '@bellhop/model'
import type { JobRun, NewOutput, OutputFile } from '@bellhop/model'

export interface TempJob<Input> extends AsyncDisposable {
  readonly run: JobRun<Input>
  readonly controller: AbortController
  readonly scratchDir: string
  /** Where an output of that name was put. */
  outputPath(name: string): string
  /** Of the stage. */
  readonly progress: { fraction: number; stage: string }[]
}

/** A job whose object store is a temporary folder: one source file in it, outputs beside it. */
export async function tempJob<Input>(
  source: { readonly name: string; readonly mediaType: string; readonly bytes: Uint8Array | string },
  input: Input,
): Promise<TempJob<Input>> {
  const root = await mkdtemp(join(tmpdir(), 'bellhop-processor-'))
  const scratchDir = join(root, 'scratch')
  const outputs = join(root, 'outputs')
  await mkdir(scratchDir)
  await mkdir(outputs)
  const stored = join(root, 'stored')
  await writeFile(stored, source.bytes)
  const controller = new AbortController()
  const progress: { fraction: number; stage: string }[] = []
  const outputPath = (name: string) => join(outputs, name)
  const run: JobRun<Input> = {
    input,
    signal: controller.signal,
    scratchDir,
    progress: (fraction, stage = '') => progress.push({ fraction, stage }),
    advance: (stage, done = 0, total = 1) => progress.push({ fraction: done / total, stage }),
    addCpuSeconds: () => undefined,
    log: () => undefined,
    parts: () => Promise.reject(new Error('Nothing is in parts here.')),
    objects: {
      async download(id, path) {
        await copyFile(stored, path)
        return { id, name: source.name, mediaType: source.mediaType, sizeBytes: (await stat(path)).size }
      },
      open: async (id) => {
        const { name, mediaType } = source
        return { id, name, mediaType, sizeBytes: (await stat(stored)).size, address: stored }
      },
      verify: () => Promise.reject(new Error('Nothing is to be verified here.')),
      put: (output) => put(output, outputPath(output.name)),
    },
  }
  return {
    run,
    controller,
    scratchDir,
    outputPath,
    progress,
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  }
}

async function put({ body, ...output }: NewOutput, path: string): Promise<OutputFile> {
  if ('path' in body) await copyFile(body.path, path)
  else await writeFile(path, body)
  return { id: newId('output'), ...output, sizeBytes: (await stat(path)).size }
}
