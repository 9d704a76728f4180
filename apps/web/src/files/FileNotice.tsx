import type { FileDetail } from '@bellhop/model'
import { CircleAlert, Upload } from 'lucide-react'
import type { ReactNode } from 'react'
import { useWords } from '../words/use-words.ts'

/** Says it when the file is not there yet, was refused and why, or is no longer what arrived. */
export function FileNotice({ file }: { readonly file: FileDetail }) {
  const words = useWords()
  if (file.status === 'REJECTED') return <Alarm title={words.file.rejected}>{file.error?.sentence}</Alarm>
  if (file.status === 'UPLOADING') {
    return (
      <p className="flex items-center gap-3 rounded-xl bg-accent-soft px-4 py-3 text-accent">
        <Upload aria-hidden size={18} />
        {words.file.uploading}
      </p>
    )
  }
  if (file.fault !== null) {
    const { title, help } = words.file.faults[file.fault.kind]
    return <Alarm title={title(words.format.dateTime(file.fault.at))}>{help}</Alarm>
  }
  return null
}

function Alarm({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div role="alert" className="flex items-start gap-3 rounded-xl bg-bad-soft px-4 py-3 text-bad">
      <CircleAlert aria-hidden size={18} className="mt-0.5 shrink-0" />
      <p className="text-pretty">
        <strong className="block font-semibold">{title}</strong>
        {children}
      </p>
    </div>
  )
}
