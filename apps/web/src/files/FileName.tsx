import type { FileDetail } from '@bellhop/model'
import { LIMITS } from '@bellhop/model'
import { Pencil } from 'lucide-react'
import { type FormEvent, useRef, useState } from 'react'
import { Input, TextField } from 'react-aria-components'
import { Button } from '../ui/Button.tsx'
import { IconButton } from '../ui/IconButton.tsx'
import { PageTitle } from '../ui/PageTitle.tsx'
import { errorSentence } from '../words/error-sentence.ts'
import { useWords } from '../words/use-words.ts'
import { useUpdateFile } from './use-update-file.ts'

/** The title of the page, renamed in place. */
export function FileName({ file }: { readonly file: FileDetail }) {
  const words = useWords()
  const update = useUpdateFile(file)
  const [draft, setDraft] = useState<string | null>(null)
  const pencil = useRef<HTMLButtonElement>(null)

  const close = () => {
    setDraft(null)
    update.reset()
    // The field that had the focus is gone.
    requestAnimationFrame(() => pencil.current?.focus())
  }
  const save = (event: FormEvent) => {
    event.preventDefault()
    const name = draft?.trim() ?? ''
    if (name === '' || name === file.name) return close()
    update.mutate({ fileId: file.id, name }, { onSuccess: close })
  }

  if (draft === null) {
    return (
      <span className="flex items-start gap-1">
        <PageTitle>{file.name}</PageTitle>
        <IconButton ref={pencil} small icon={Pencil} label={words.file.rename} onPress={() => setDraft(file.name)} />
      </span>
    )
  }
  return (
    <form onSubmit={save} className="flex flex-col gap-1.5">
      <span className="flex flex-wrap items-center gap-2">
        <TextField
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- who pressed Rename wants to type
          autoFocus
          aria-label={words.file.newName}
          value={draft}
          onChange={setDraft}
          maxLength={LIMITS.fileNameChars}
          onKeyDown={(event) => {
            if (event.key === 'Escape') close()
          }}
          className="min-w-0 flex-1 basis-64"
        >
          <Input className="h-9 w-full rounded-lg border border-line-strong bg-surface px-3 text-lg font-semibold" />
        </TextField>
        <Button type="submit" look="primary" isDisabled={update.isPending}>
          {words.common.save}
        </Button>
        <Button onPress={close}>{words.common.cancel}</Button>
      </span>
      {update.error !== null && (
        <span role="alert" className="text-sm text-bad">
          {errorSentence(words, update.error)}
        </span>
      )}
    </form>
  )
}
