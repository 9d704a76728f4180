import type { FileId, NewOutput, OutputFile, SourceFile } from '@bellhop/model'

/** What `run` is given. It runs in a process of its own, with nothing of the worker's environment. */
export interface KindRun<Input> {
  /** As the kind's schema parsed it: defaults are filled in. */
  readonly input: Input
  /**
   * Fires on cancel, time-out and shutdown, and when this worker has lost the job. A second later the process is killed
   * with all that it has started, so only what lies elsewhere needs to be stopped.
   */
  readonly signal: AbortSignal
  /** A folder of this attempt's own, the working directory of the process; removed after it. */
  readonly scratchDir: string
  /** `fraction` from 0 to 1 of the whole job, which never goes back. Cheap; call it as often as you like. */
  progress(fraction: number, stage?: string): void
  /**
   * So many units of one of the kind's `stages` are done; without numbers, it has begun. The stages before it are done with
   * that. As cheap.
   * @throws Error for a stage that the kind does not declare
   */
  advance(stage: string, done?: number, total?: number): void
  readonly objects: KindObjects
  /** One line for the job's log. `console.log` ends there too. */
  log(line: string): void
}

export interface KindObjects {
  /**
   * Copies a file of the job's workspace to `path`, streaming; `onBytes` hears how far it is, ten times a second at most.
   * @throws JobInputError FILE_GONE when it was deleted
   */
  download(
    fileId: FileId,
    path: string,
    onBytes?: (receivedBytes: number, ofBytes: number) => void,
  ): Promise<SourceFile>
  /**
   * Stores an output. Others see it when the job is COMPLETED, and only then. It belongs to the file that the input names
   * as `fileId`; a job about no file has no outputs to download, only what it returns.
   */
  put(output: NewOutput): Promise<OutputFile>
}
