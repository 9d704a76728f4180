import { join } from 'node:path'
import type { OutputFile } from '@bellhop/model'
import { runInChild } from '../child/run-in-child.ts'
import { outputName } from '../output-name.ts'
import { defineProcessor } from '../processor.ts'
import type { ImageTask, MadeVariants } from './make-variants.ts'

const ENTRY = new URL('image-child.ts', import.meta.url)

/** Sizes and formats of an image for the web, made by sharp in a child process. */
export const imageVariantsProcessor = defineProcessor('image.variants', async (job) => {
  const { input, signal, scratchDir, objects } = job
  job.advance('downloading')
  const path = join(scratchDir, 'source')
  const source = await objects.download(input.fileId, path, (done, total) => job.advance('downloading', done, total))
  const { fileId: _fileId, ...policy } = input
  const made = await runInChild<ImageTask, MadeVariants>({
    entry: ENTRY,
    task: { path, mediaType: source.mediaType, outDir: scratchDir, policy },
    scratchDir,
    signal,
    job,
  })
  const frames = made.frameCount === 1 ? '' : `, ${made.frameCount} frames`
  job.log(`Read ${made.format}, ${made.width} × ${made.height} pixels as it is to be seen${frames}.`)
  const files: OutputFile[] = []
  for (const [index, { suffix, ...variant }] of made.variants.entries()) {
    signal.throwIfAborted()
    job.advance('storing', index, made.variants.length)
    files.push(await objects.put({ ...variant, name: outputName(source.name, suffix) }))
  }
  job.log(`Stored ${files.length} variants.`)
  const { variants: _, ...facts } = made
  return { ...facts, files }
})
