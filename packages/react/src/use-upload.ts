import type { UploadHandle, UploadInput, UploadOptions, UploadSnapshot, UploadedFile } from '@bellhop/client'
import { useCallback, useState, useSyncExternalStore } from 'react'
import { useBellhop } from './BellhopProvider.tsx'

export interface Upload {
  /** Sends a file straight to the store; the one before, if it is under way, goes on without being shown. */
  readonly start: (input: UploadInput, options?: UploadOptions) => Promise<UploadedFile>
  /** Of the upload that was started last; null before the first. */
  readonly state: UploadSnapshot | null
  readonly pause: () => void
  readonly goOn: () => void
  readonly cancel: () => void
}

/** One upload after the other. It goes on when the component is gone; `cancel` ends it. */
export function useUpload(): Upload {
  const bellhop = useBellhop()
  const [handle, setHandle] = useState<UploadHandle | null>(null)
  const state = useSyncExternalStore(handle?.subscribe ?? subscribeToNothing, () => handle?.state ?? null, nothing)
  const start = useCallback(
    (input: UploadInput, options?: UploadOptions) => {
      const started = bellhop.files.startUpload(input, options)
      setHandle(started)
      // Its failure stands in `state`; whoever does not await it need not handle it.
      started.done.catch(nothing)
      return started.done
    },
    [bellhop],
  )
  return {
    start,
    state,
    pause: () => handle?.pause(),
    goOn: () => handle?.goOn(),
    cancel: () => handle?.cancel(),
  }
}

function subscribeToNothing(): () => void {
  return () => {}
}

function nothing(): null {
  return null
}
