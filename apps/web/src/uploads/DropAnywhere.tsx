import { Upload } from 'lucide-react'
import { useEffect, useState } from 'react'
import { announce } from '../ui/live-region.tsx'
import { useWords } from '../words/use-words.ts'
import { droppedFiles } from './dropped-files.ts'
import { useTransfers } from './use-transfers.ts'

/** The whole window takes drops and pastes. Never the only way in: there are buttons. */
export function DropAnywhere() {
  const words = useWords()
  const transfers = useTransfers()
  const [over, setOver] = useState(false)
  useEffect(() => {
    let depth = 0
    const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true
    const leaveAll = () => {
      depth = 0
      setOver(false)
    }
    const take = async (data: DataTransfer) => {
      const files = await droppedFiles(data)
      if (files.length === 0) return announce(words.uploads.emptyFolder)
      transfers.add(files)
    }
    const onEnter = (event: DragEvent) => {
      if (!carriesFiles(event)) return
      event.preventDefault()
      depth += 1
      setOver(true)
    }
    const onOver = (event: DragEvent) => {
      if (!carriesFiles(event) || event.dataTransfer === null) return
      event.preventDefault()
      event.dataTransfer.dropEffect = 'copy'
    }
    const onLeave = (event: DragEvent) => {
      if (!carriesFiles(event)) return
      depth -= 1
      if (depth <= 0) leaveAll()
    }
    const onDrop = (event: DragEvent) => {
      if (!carriesFiles(event) || event.dataTransfer === null) return
      event.preventDefault()
      leaveAll()
      void take(event.dataTransfer)
    }
    const onPaste = (event: ClipboardEvent) => {
      if (event.clipboardData !== null && event.clipboardData.files.length > 0) void take(event.clipboardData)
    }
    addEventListener('dragenter', onEnter)
    addEventListener('dragover', onOver)
    addEventListener('dragleave', onLeave)
    addEventListener('drop', onDrop)
    addEventListener('paste', onPaste)
    return () => {
      removeEventListener('dragenter', onEnter)
      removeEventListener('dragover', onOver)
      removeEventListener('dragleave', onLeave)
      removeEventListener('drop', onDrop)
      removeEventListener('paste', onPaste)
    }
  }, [transfers, words])
  if (!over) return null
  return (
    <div aria-hidden className="fade pointer-events-none fixed inset-0 z-50 bg-canvas/80 p-4 backdrop-blur-sm">
      <div className="grid h-full place-items-center rounded-3xl border-2 border-dashed border-accent">
        <div className="rise flex flex-col items-center gap-3 text-center">
          <span className="grid size-16 place-items-center rounded-2xl bg-accent text-on-accent shadow-float">
            <Upload size={28} />
          </span>
          <span className="text-xl font-semibold tracking-tight">{words.catalog.dropHere}</span>
          <span className="text-muted">{words.catalog.dropHelp}</span>
        </div>
      </div>
    </div>
  )
}
