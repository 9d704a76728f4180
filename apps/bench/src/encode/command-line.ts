import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface CommandLine {
  readonly version: string
  /** A film of 1920 × 1080 at 30 frames with a tone; returns its path. */
  make(seconds: number): Promise<string>
  /** To MP4 in these heights, with the settings that Bellhop has. Returns how long it took, in milliseconds. */
  encode(...heights: readonly number[]): Promise<number>
}

const MAX_RATE: Readonly<Record<number, number>> = { 1080: 5_000_000, 720: 2_722_000 }

/** `ffmpeg` as it is on this machine. */
export async function openCommandLine(folder: string, signal: AbortSignal): Promise<CommandLine> {
  const ffmpeg = async (...args: string[]) => {
    const { stdout } = await run('ffmpeg', ['-v', 'error', '-y', ...args], { signal })
    return stdout
  }
  const said = await ffmpeg('-version').catch(() => {
    throw new Error('There is no `ffmpeg` on the PATH to compare with; install it, as with `apt-get install ffmpeg`.')
  })
  const source = join(folder, 'source.mp4')
  return {
    version: /version (\S+)/.exec(said)?.[1] ?? 'unknown',
    async make(seconds) {
      const picture = ['-f', 'lavfi', '-i', `testsrc2=s=1920x1080:r=30:d=${seconds},noise=alls=8:allf=t`]
      const sound = ['-f', 'lavfi', '-i', `sine=r=48000:d=${seconds}`, '-c:a', 'aac', '-ac', '2']
      await ffmpeg(
        ...picture,
        ...sound,
        '-c:v',
        'libx264',
        '-preset',
        'veryfast',
        '-crf',
        '20',
        '-pix_fmt',
        'yuv420p',
        source,
      )
      return source
    },
    async encode(...heights) {
      const outputs = heights.flatMap((height) => {
        const maxRate = MAX_RATE[height] ?? 0
        const picture = [
          '-vf',
          `scale=-2:${height}:flags=bicubic,format=yuv420p`,
          '-c:v',
          'libx264',
          '-preset',
          'veryfast',
        ]
        const rate = ['-crf', '23', '-maxrate', String(maxRate), '-bufsize', String(maxRate * 2), '-profile:v', 'high']
        const keys = ['-force_key_frames', 'expr:gte(t,n_forced*4)', '-g', '120']
        const sound = ['-c:a', 'aac', '-b:a', '128k', '-ac', '2', '-ar', '48000']
        return [...picture, ...rate, ...keys, ...sound, '-movflags', '+faststart', join(folder, `${height}.mp4`)]
      })
      const startedAtMs = performance.now()
      await ffmpeg('-i', source, ...outputs)
      return performance.now() - startedAtMs
    },
  }
}
