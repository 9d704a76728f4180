import type { FileDetail } from '@bellhop/model'
import { useNavigate } from '@tanstack/react-router'
import { Trash2 } from 'lucide-react'
import { DialogTrigger } from 'react-aria-components'
import { trpc } from '../trpc.ts'
import { Button } from '../ui/Button.tsx'
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx'
import { announce } from '../ui/live-region.tsx'
import { errorSentence } from '../words/error-sentence.ts'
import { useWords } from '../words/use-words.ts'

export function DeleteButton({ file }: { readonly file: FileDetail }) {
  const words = useWords()
  const navigate = useNavigate()
  const utils = trpc.useUtils()
  const remove = trpc.files.delete.useMutation({
    onSuccess: async () => {
      announce(words.file.deleted(file.name))
      void utils.catalog.invalidate()
      void utils.insights.invalidate()
      await navigate({ to: '/' })
      utils.files.get.setData({ fileId: file.id }, undefined)
    },
  })
  return (
    <DialogTrigger>
      <Button>
        <Trash2 aria-hidden size={16} strokeWidth={1.9} />
        {words.file.delete}
      </Button>
      <ConfirmDialog
        title={words.file.deleteTitle(file.name)}
        help={words.file.deleteHelp}
        confirmText={words.file.delete}
        cancelText={words.common.cancel}
        busy={remove.isPending}
        error={remove.error === null ? null : errorSentence(words, remove.error)}
        onConfirm={() => remove.mutate({ fileId: file.id })}
      />
    </DialogTrigger>
  )
}
