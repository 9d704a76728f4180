import type { FileDetail } from '@bellhop/model'
import { trpc } from '../trpc.ts'

/** Renames or retags a file, and shows the answer at once. */
export function useUpdateFile(file: FileDetail): ReturnType<typeof trpc.files.update.useMutation> {
  const utils = trpc.useUtils()
  return trpc.files.update.useMutation({
    onSuccess: (record) => {
      utils.files.get.setData({ fileId: file.id }, (known) => (known === undefined ? known : { ...known, ...record }))
      void utils.catalog.invalidate()
    },
  })
}
