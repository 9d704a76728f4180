import { InputFault } from '../child/input-fault.ts'
import { MAX_MEDIA_SECONDS, MAX_TRACKS, MAX_VIDEO_PIXELS } from './bounds.ts'

export function mediaUnreadable(): InputFault {
  return new InputFault(
    'MEDIA_UNREADABLE',
    'The file is not a video or a sound that can be read (MP4, MOV, WebM, Matroska, AVI, MPEG, MP3, AAC, WAV, FLAC or Ogg), or ' +
      'its beginning is damaged. Check that it plays on your machine, then upload it again.',
  )
}

export function mediaEmpty(): InputFault {
  return new InputFault(
    'MEDIA_EMPTY',
    'There is no picture and no sound in the file that could be decoded. Check that it plays on your machine, then upload it again.',
  )
}

export function videoTooLarge(width: number, height: number): InputFault {
  const most = Math.floor(MAX_VIDEO_PIXELS / 1e6)
  return new InputFault(
    'VIDEO_TOO_LARGE',
    `The video is ${width} × ${height} pixels, more than the ${most} megapixels that are taken. Upload a smaller version of it.`,
  )
}

export function mediaTooLong(seconds: number): InputFault {
  return new InputFault(
    'MEDIA_TOO_LONG',
    `The file goes on for ${Math.round(seconds / 3_600)} hours, more than the ${MAX_MEDIA_SECONDS / 3_600} that are taken. If it plays in less, ` +
      'its times are damaged: save it anew with the program that made it. Otherwise upload it in parts.',
  )
}

export function tooManyTracks(count: number): InputFault {
  return new InputFault(
    'MEDIA_TOO_MANY_TRACKS',
    `The file has ${count} tracks, more than the ${MAX_TRACKS} that are taken. Upload one with fewer of them.`,
  )
}

export function engineMissing(cause: unknown): InputFault {
  return new InputFault(
    'MEDIA_ENGINE_MISSING',
    `This worker has no media engine for ${process.platform} on ${process.arch}. Install Bellhop's dependencies on that machine, ` +
      'optional ones too, or run a worker on Linux with glibc, macOS or Windows; then retry.',
    { cause },
  )
}
