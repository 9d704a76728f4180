import { copyFile, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { JobKindRegistry, newId } from '@bellhop/model'
import type { JobRun, NewOutput, OutputFile } from '@bellhop/model'
import { processorOf } from '../../src/processors/registry.ts'

export interface TempJob<Input> extends AsyncDisposable {
  readonly run: JobRun<Input>
  readonly controller: AbortController
  readonly scratchDir: string
  /** Where an output of that name was put. */
  outputPath(name: string): string
  /** Of the stage. */
  readonly progress: { fraction: number; stage: string }[]
}

/** A job whose object store is a temporary folder: one source file in it, outputs beside it. Its parts run one by one. */
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
  let partsMade = 0
  const addresses = new Map<string, string>()
  const run: JobRun<Input> = {
    input,
    signal: controller.signal,
    scratchDir,
    progress: (fraction, stage = '') => progress.push({ fraction, stage }),
    advance: (stage, done = 0, total = 1) => progress.push({ fraction: done / total, stage }),
    addCpuSeconds: () => undefined,
    log: () => undefined,
    async parts(_stage, parts) {
      const done: unknown[] = []
      for (const { kind: name, input: partInput } of parts) {
        const kind = new JobKindRegistry().kindOf(name)!
        const part = join(root, `part-${partsMade++}`)
        await mkdir(part)
        done.push(await processorOf(kind).run({ ...run, input: kind.input.parse(partInput), scratchDir: part }))
      }
      return done
    },
    objects: {
      async download(id, path) {
        await copyFile(stored, path)
        return { id, name: source.name, mediaType: source.mediaType, sizeBytes: (await stat(path)).size }
      },
      open: async (id) => {
        const { name, mediaType } = source
        const address = addresses.get(id) ?? stored
        return { name, mediaType, sizeBytes: (await stat(address)).size, address }
      },
      verify: () => Promise.reject(new Error('Nothing is to be verified here.')),
      async put(output) {
        const path = outputPath(output.name)
        const file = await put(output, path)
        addresses.set(file.id, path)
        return file
      },
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
