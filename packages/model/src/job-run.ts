import type { FileId, OutputId } from './ids.ts'
import type { OutputFile } from './kinds/output-file.ts'

/** What `run` of a kind is given: capabilities, not a context. */
export interface JobRun<Input> {
  readonly input: Input
  /** Fires on cancel, time-out, shutdown, or when this worker lost the job. Stop, and leave nothing running. */
  readonly signal: AbortSignal
  /** A folder of this attempt's own, removed after it. */
  readonly scratchDir: string
  /** `fraction` from 0 to 1 of the whole job, for kinds without declared stages. Cheap; call it as often as you like. */
  progress(fraction: number, stage?: string): void
  /**
   * So many units of a declared stage are done; without numbers, it has begun. The stages before it are done with that.
   * As cheap.
   */
  advance(stage: string, done?: number, total?: number): void
  readonly objects: JobObjects
  /**
   * The outputs of jobs that this one consists of, in this order. Where they are not all done this attempt ends here, with an
   * error to let pass; the job waits without a worker, under this stage, and `run` is called anew when they are. Once a job.
   */
  parts(stage: string, parts: readonly JobPart[]): Promise<unknown[]>
  /** Kept with the job, the newest `LIMITS.jobLogLines` of them, for people to read; see `LIMITS.jobLogLineChars`. */
  log(line: string): void
  /** What a child process of this attempt has used of the processors. The worker's own share is counted by itself. */
  addCpuSeconds(seconds: number): void
}

/** A job that is a part of another. */
export interface JobPart {
  readonly kind: string
  readonly input: unknown
  /** How much of the work it is, in relation to the other parts. */
  readonly weight: number
}

export interface JobObjects {
  /** Copies the file's bytes to `path`, streaming; throws JobInputError when it is gone. */
  download(
    fileId: FileId,
    path: string,
    onBytes?: (receivedBytes: number, ofBytes: number) => void,
  ): Promise<SourceFile>
  /** A key to read any range of it by HTTP, or a path to it, for `lifeMs`, or as long as keys may live; throws JobInputError when it is gone. */
  open(id: FileId | OutputId, lifeMs: number): Promise<OpenedFile>
  /** Reads the stored bytes of a file again, in bounded memory, and holds them against what was promised of them. */
  verify(fileId: FileId, onBytes?: (readBytes: number, ofBytes: number) => void): Promise<Verification>
  /** Stores an output under the attempt's own prefix. Others see it when the job is COMPLETED, and only then. */
  put(output: NewOutput): Promise<OutputFile>
}

/** What a file's stored bytes turned out to be. */
export interface Verification {
  /** As the file's row has it. */
  readonly promisedBytes: number
  /** Null: there is no such object any more. */
  readonly stored: {
    readonly sizeBytes: number
    readonly sha256: string
    readonly damagedParts: readonly number[]
  } | null
  /** Whether every byte was held against a hash. */
  readonly isHashed: boolean
}

export interface SourceFile {
  readonly id: FileId
  readonly name: string
  readonly mediaType: string
  readonly sizeBytes: number
}

export interface OpenedFile extends Omit<SourceFile, 'id'> {
  readonly address: string
}

export interface NewOutput {
  readonly role: string
  readonly name: string
  readonly mediaType: string
  /** The bytes, or the path of a file in `scratchDir`. */
  readonly body: Uint8Array | { readonly path: string }
  readonly width?: number
  readonly height?: number
}
