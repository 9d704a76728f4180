import type { FileDetail } from '@bellhop/model'
import { cleanTags, LIMITS } from '@bellhop/model'
import { Hash, Plus, X } from 'lucide-react'
import { useState } from 'react'
import { Button, Input, TextField } from 'react-aria-components'
import { errorSentence } from '../words/error-sentence.ts'
import { useWords } from '../words/use-words.ts'
import { useUpdateFile } from './use-update-file.ts'

export function FileTags({ file }: { readonly file: FileDetail }) {
  const words = useWords()
  const update = useUpdateFile(file)
  const [draft, setDraft] = useState('')
  const change = (tags: readonly string[]) => update.mutate({ fileId: file.id, tags: [...tags] })
  const add = () => {
    const tags = cleanTags([...file.tags, ...draft.split(',')])
    setDraft('')
    if (tags.length !== file.tags.length) change(tags)
  }
  return (
    <div className="flex flex-wrap items-center gap-1.5">
      <ul aria-label={words.file.tags} className="contents">
        {file.tags.map((tag) => (
          <li
            key={tag}
            className="inline-flex h-7 items-center gap-1 rounded-full border border-line bg-surface pr-1 pl-2.5 text-sm text-muted"
          >
            <Hash aria-hidden size={12} className="text-faint" />
            {tag}
            <Button
              aria-label={words.file.removeTag(tag)}
              onPress={() => change(file.tags.filter((each) => each !== tag))}
              className="grid size-5 place-items-center rounded-full text-faint data-[hovered]:bg-hover data-[hovered]:text-ink"
            >
              <X aria-hidden size={12} />
            </Button>
          </li>
        ))}
      </ul>
      {file.tags.length < LIMITS.tagsPerFile && (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            add()
          }}
        >
          <TextField
            aria-label={words.file.addTag}
            value={draft}
            onChange={setDraft}
            onBlur={add}
            maxLength={LIMITS.tagChars}
            className="relative"
          >
            <Plus
              aria-hidden
              size={13}
              className="pointer-events-none absolute top-1/2 left-2.5 -translate-y-1/2 text-faint"
            />
            <Input
              placeholder={words.file.addTag}
              className="h-7 w-32 rounded-full border border-dashed border-line-strong bg-transparent pr-3 pl-7 text-sm placeholder:text-faint"
            />
          </TextField>
        </form>
      )}
      {update.error !== null && <span className="text-sm text-bad">{errorSentence(words, update.error)}</span>}
    </div>
  )
}
