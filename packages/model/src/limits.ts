/** Every bound that a person can run into, with its name. Sizes are bytes, times are milliseconds. */
export const KIB = 1024
export const MIB = 1024 * KIB
export const GIB = 1024 * MIB
export const TIB = 1024 * GIB

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

export const LIMITS = {
  /** S3's bound on one object. */
  fileSizeBytes: 5 * TIB,
  /** Below this a file goes up as one PUT, which carries If-None-Match. */
  singlePutBelowBytes: 16 * MIB,
  minPartSizeBytes: 8 * MIB,
  /** The most that a client may ask for; what a file of a size needs may be more. */
  maxAskedPartSizeBytes: 64 * MIB,
  /** S3 allows 10,000; the rest is room for rounding. */
  targetPartCount: 9_000,
  maxPartCount: 10_000,
  partsPerSigning: 64,
  /** Uploads that one answer lists for their person to go on with. */
  openUploadsListed: 100,
  /** Of a stream of unknown length, which so may have 156 GiB. Larger ones tell their length. */
  unknownSizePartBytes: 16 * MIB,
  /** Media types that a quota may list. */
  quotaMediaTypes: 64,
  fileNameChars: 255,
  tagChars: 64,
  tagsPerFile: 32,
  searchChars: 200,
  catalogPageSize: 100,
  jobsPageSize: 100,
  jobInputBytes: 64 * KIB,
  /** Of a kind of a team's own, as JSON. */
  jobOutputBytes: MIB,
  /** Lines that a job's log keeps: the newest. */
  jobLogLines: 1_000,
  /** Of a line; what is longer is cut. */
  jobLogLineChars: 1_000,
  /** Jobs whose place in the queue one request asks for. */
  queuePlacesAsked: 500,
  kindNameChars: 64,
  idempotencyKeyChars: 200,
  /** How far ahead a job can be asked for. */
  jobDelayMs: 30 * 24 * HOUR_MS,
  /** Jobs that one job waits for. */
  jobPredecessors: 16,
  /** The largest share of the workers that a workspace may have while others wait; the smallest is 1. */
  jobWeight: 1_000,
  /** The largest bound on what a workspace runs at once. */
  maxRunningJobs: 100_000,
  workspacesPageSize: 100,
  /** The longest that a long-poll is held. */
  longPollMs: 30_000,
  webhooksPerWorkspace: 10,
  presetsPerWorkspace: 100,
  presetNameChars: 64,
  webhookUrlChars: 2_000,
  deliveriesPageSize: 100,
  /** Read from the start of a finished upload to tell its type. */
  sniffBytes: 16 * KIB,
  /** Of a key to read, where the bounds of all keys allow it; longer where its object is large. */
  downloadKeyLifeMs: 15 * MINUTE_MS,
  /** An upload that has not ended by then is abandoned. */
  uploadLifeMs: 7 * 24 * HOUR_MS,
  /** Live jobs that one feed carries at most. */
  feedJobs: 500,
  /** Thumbnails that one request asks keys for. */
  downloadsPerRequest: 100,
} as const

/** One size for all parts but the last: some stores demand it. `atLeast`: what the client asks for, whole MiB. */
export function partSizeBytes(sizeBytes: number, atLeast: number = LIMITS.minPartSizeBytes): number {
  const even = Math.ceil(sizeBytes / LIMITS.targetPartCount / MIB) * MIB
  return Math.max(LIMITS.minPartSizeBytes, atLeast, even)
}
