import type { UploadInput } from '@bellhop/client'
import { LIMITS } from '@bellhop/model'

/** A file that a person gave to the page; with its handle, where the browser has one, it can be opened again after a reload. */
export interface PickedFile {
  readonly file: File
  readonly handle: FileSystemFileHandle | null
}

/** Smaller files go up in one request: there is nothing to go on with after a reload. */
export function uploadInput({ file, handle }: PickedFile): Extract<UploadInput, Blob | FileSystemFileHandle> {
  return handle !== null && file.size >= LIMITS.singlePutBelowBytes ? handle : file
}

export function withoutHandle(file: File): PickedFile {
  return { file, handle: null }
}

export async function ofHandle(handle: FileSystemFileHandle): Promise<PickedFile> {
  return { file: await handle.getFile(), handle }
}
