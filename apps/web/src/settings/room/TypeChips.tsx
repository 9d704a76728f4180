import { LIMITS } from '@bellhop/model'
import { Plus, X } from 'lucide-react'
import { useState } from 'react'
import { Button, FieldError, Input, Label, TextField } from 'react-aria-components'
import { useWords } from '../../words/use-words.ts'
import { cleanMediaType } from './quota-draft.ts'

interface TypeChipsProps {
  readonly types: readonly string[]
  readonly onChange: (types: readonly string[]) => void
}

/** The types that are taken, each on a chip; none is every type. */
export function TypeChips({ types, onChange }: TypeChipsProps) {
  const { room } = useWords().settings
  const [draft, setDraft] = useState('')
  const [fault, setFault] = useState<string | null>(null)
  const add = () => {
    if (draft.trim() === '') return setFault(null)
    const type = cleanMediaType(draft)
    if (type === null) return setFault(room.notAType)
    if (types.length >= LIMITS.quotaMediaTypes) return setFault(room.tooManyTypes(LIMITS.quotaMediaTypes))
    setFault(null)
    setDraft('')
    if (!types.includes(type)) onChange([...types, type])
  }
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <TextField
        value={draft}
        onChange={(text) => {
          setDraft(text)
          setFault(null)
        }}
        onBlur={add}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return
          event.preventDefault()
          add()
        }}
        isInvalid={fault !== null}
        validationBehavior="aria"
        className="flex flex-col gap-1.5"
      >
        <Label className="text-sm font-medium">{room.mediaTypes}</Label>
        <span className="flex flex-wrap items-center gap-1.5">
          {types.length === 0 && <span className="mr-1 text-sm text-muted">{room.allTypes}</span>}
          <ul aria-label={room.mediaTypes} className="contents">
            {types.map((type) => (
              <li
                key={type}
                className="inline-flex h-8 items-center gap-1 rounded-full border border-line bg-surface pr-1 pl-3 text-sm"
              >
                {room.types[type] ?? type}
                <Button
                  aria-label={room.removeType(room.types[type] ?? type)}
                  onPress={() => onChange(types.filter((each) => each !== type))}
                  className="grid size-6 place-items-center rounded-full text-faint data-[hovered]:bg-hover data-[hovered]:text-ink"
                >
                  <X aria-hidden size={12} />
                </Button>
              </li>
            ))}
          </ul>
          <span className="relative">
            <Plus
              aria-hidden
              size={13}
              className="pointer-events-none absolute top-1/2 left-2.5 -translate-y-1/2 text-faint"
            />
            <Input
              placeholder={room.typeHint}
              className="h-8 w-52 rounded-full border border-dashed border-line-strong bg-transparent pr-3 pl-7 text-sm placeholder:text-faint data-[invalid]:border-bad"
            />
          </span>
        </span>
        <FieldError className="text-sm text-bad">{fault}</FieldError>
      </TextField>
    </div>
  )
}
