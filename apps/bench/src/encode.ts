import { join } from 'node:path'
import { connect } from '@bellhop/client'
import type { Bellhop, FileId } from '@bellhop/client'
import type { Benchmark } from './benchmark.ts'
import { openCommandLine } from './encode/command-line.ts'
import { versionOf } from './machine.ts'
import { measurementOf, ratioOf, runRounds } from './rounds.ts'
import { scratchFolder } from './scratch-folder.ts'
import { openWorld } from './upload/world.ts'

const ROUNDS = 3
const SECONDS = 30
const SECONDS_SMALL = 10
const BUDGET = { atMost: 1.15 }
const LOOK_EVERY_MS = 50

export const encode: Benchmark = {
  description: `${SECONDS} s of 1080p to 1080p and 720p, from the job to its end, against ffmpeg on the command line`,
  budgets: { bellhop_1080p_vs_command_line: BUDGET, bellhop_720p_vs_command_line: BUDGET },

  async run({ rounds = ROUNDS, small, signal, say }) {
    const seconds = small ? SECONDS_SMALL : SECONDS
    await using scratch = await scratchFolder()
    const commandLine = await openCommandLine(scratch.path, signal)
    const source = await commandLine.make(seconds)
    await using stack = new AsyncDisposableStack()
    const world = stack.use(await openWorld(join(scratch.path, 'bellhop'), null, signal))
    const { url, apiKey } = world
    const bellhop = stack.use(connect({ url, apiKey }))
    const file = await bellhop.files.upload(source, { startJobs: false, signal })
    const ours = (rendition: '1080p' | '720p') => async () => {
      const startedAtMs = performance.now()
      const job = await bellhop.jobs.submit('video.rendition', { fileId: file.id, rendition, formats: ['mp4'] })
      await bellhop.jobs.wait(job.id, { signal })
      return performance.now() - startedAtMs
    }
    const firsts: number[] = []
    const whole = async () => {
      const { firstMs, allMs } = await encodeAll(bellhop, file.id, signal)
      firsts.push(firstMs)
      return allMs
    }
    const byTwoWorkers = async () => {
      await using _second = await world.startWorker()
      return (await encodeAll(bellhop, file.id, signal)).allMs
    }
    const rows = await runRounds({
      unit: 'ms',
      count: rounds,
      contenders: {
        bellhop_1080p: ours('1080p'),
        command_line_1080p: () => commandLine.encode(1080),
        bellhop_720p: ours('720p'),
        command_line_720p: () => commandLine.encode(720),
        'bellhop, both with HLS': whole,
        'bellhop, both with HLS, two workers': byTwoWorkers,
        'command line, both in one run': () => commandLine.encode(1080, 720),
      },
      signal,
      say,
    })
    return {
      versions: {
        'node-av': versionOf('node-av', import.meta.resolve('@bellhop/business')),
        ffmpeg: commandLine.version,
      },
      rows: [...rows, measurementOf('bellhop, first rendition to play', 'ms', firsts)],
      ratios: {
        bellhop_1080p_vs_command_line: ratioOf(rows, 'bellhop_1080p', 'command_line_1080p'),
        bellhop_720p_vs_command_line: ratioOf(rows, 'bellhop_720p', 'command_line_720p'),
        bellhop_two_workers_vs_one: ratioOf(rows, 'bellhop, both with HLS, two workers', 'bellhop, both with HLS'),
        bellhop_both_vs_command_line: ratioOf(rows, 'bellhop, both with HLS', 'command line, both in one run'),
      },
    }
  },
}

/** Until the first of its renditions could be played, and until the end. */
async function encodeAll(
  bellhop: Bellhop,
  fileId: FileId,
  signal: AbortSignal,
): Promise<{ firstMs: number; allMs: number }> {
  const startedAtMs = performance.now()
  const before = new Set((await bellhop.jobs.list({ fileId, kind: 'video.rendition' })).items.map(({ id }) => id))
  const job = await bellhop.jobs.submit('video.encode', { fileId, renditions: ['1080p', '720p'] })
  let firstMs: number | undefined
  const look = setInterval(() => {
    void bellhop.jobs.list({ fileId, kind: 'video.rendition', status: ['COMPLETED'] }).then(({ items }) => {
      if (items.some(({ id }) => !before.has(id))) firstMs ??= performance.now() - startedAtMs
    })
  }, LOOK_EVERY_MS)
  try {
    await bellhop.jobs.wait(job.id, { signal })
    const allMs = performance.now() - startedAtMs
    return { firstMs: firstMs ?? allMs, allMs }
  } finally {
    clearInterval(look)
  }
}
