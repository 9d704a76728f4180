import type { FileDetail } from '@bellhop/model'
import { CircleAlert, Upload } from 'lucide-react'
import { useWords } from '../words/use-words.ts'

/** Says it when the file is not there yet, or was refused and why. */
export function FileNotice({ file }: { readonly file: FileDetail }) {
  const words = useWords()
  if (file.status === 'REJECTED') {
    return (
      <div role="alert" className="flex items-start gap-3 rounded-xl bg-bad-soft px-4 py-3 text-bad">
        <CircleAlert aria-hidden size={18} className="mt-0.5 shrink-0" />
        <p>
          <strong className="block font-semibold">{words.file.rejected}</strong>
          {file.error?.sentence}
        </p>
      </div>
    )
  }
  if (file.status === 'UPLOADING') {
    return (
      <p className="flex items-center gap-3 rounded-xl bg-accent-soft px-4 py-3 text-accent">
        <Upload aria-hidden size={18} />
        {words.file.uploading}
      </p>
    )
  }
  return null
}
