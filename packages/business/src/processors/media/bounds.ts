/** Pixels of one picture: 8K with some room. A decoder refuses more before it takes memory for it. */
export const MAX_VIDEO_PIXELS = 8192 * 5120
/** Tracks of one file; more are a fault of the file, or an attack on whoever opens each. */
export const MAX_TRACKS = 64
/** What says that it is longer has damaged times, or is made to harm. */
export const MAX_MEDIA_SECONDS = 100 * 3_600
/** Gaps in a sound up to this are filled with silence, which is held in memory: 115 MB. Longer ones stay. */
export const MAX_FILLED_GAP_SECONDS = 300
/** Resident memory of one child; above it, it ends itself. */
export const MAX_CHILD_BYTES = 3 * 1024 ** 3
/** FFmpeg's threads for one codec. */
export const MAX_CODEC_THREADS = 16
/** What is read of a file to tell what is in it. */
export const PROBE_BYTES = 32 * 1024 * 1024
export const PROBE_SECONDS = 20
/** A store that says nothing for so long is asked again. */
export const READ_TIMEOUT_MS = 20_000
/** A frame follows the one before no sooner; those between are left out. A sixtieth, and the milliseconds of Matroska. */
export const MIN_FRAME_SECONDS = 0.016
/** Between key frames of what is encoded, and so the length of a segment of HLS. */
export const KEY_FRAME_SECONDS = 4
/** Errors of a decoder in a row after which a file counts as damaged; single ones are passed over, as players do. */
export const MAX_DAMAGED_IN_A_ROW = 500
/** A key to read outlives its job by so much. */
export const KEY_MARGIN_MS = 5 * 60_000
export const POSTER_WIDTH_PX = 1_280
export const FILMSTRIP_FRAMES = 100
export const FILMSTRIP_COLUMNS = 10
export const FILMSTRIP_FRAME_PX = 160
/** Of a waveform, as the contract has it; importing that would bring zod into every child. */
export const WAVEFORM_PEAKS = 2_000
/** Of one track of subtitles as text. */
export const MAX_CAPTION_BYTES = 4 * 1024 * 1024
