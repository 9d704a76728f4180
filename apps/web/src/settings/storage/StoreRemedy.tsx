import type { StoreCheck } from '@bellhop/model'
import { CopyBlock } from '../../ui/CopyBlock.tsx'
import { Prose } from '../../ui/Prose.tsx'
import { useWords } from '../../words/use-words.ts'
import { storeSnippet } from './store-snippets.ts'

/** What to do about a check, with what is to be copied; where the language is another, the server's own sentence too. */
export function StoreRemedy({ check, fix }: { readonly check: StoreCheck; readonly fix: string }) {
  const words = useWords()
  const { storage } = words.settings
  const snippet = storeSnippet(check, location.origin)
  const say = snippet === null ? storage.fix(check) : storage.snippets[snippet.kind].fix
  return (
    <div className="flex flex-col gap-2 rounded-lg bg-sunken px-3.5 py-2.5 text-sm">
      <p className="max-w-prose text-pretty">
        <strong className="mr-2 font-semibold">{storage.whatToDo}</strong>
        <Prose text={say} />
      </p>
      {snippet === null && say !== fix && (
        <p lang="en" className="max-w-prose text-faint text-pretty">
          <Prose text={fix} />
        </p>
      )}
      {snippet !== null && (
        <CopyBlock
          text={snippet.text}
          label={storage.snippets[snippet.kind].name}
          copyText={words.common.copy}
          copiedText={words.common.copied}
        />
      )}
    </div>
  )
}
