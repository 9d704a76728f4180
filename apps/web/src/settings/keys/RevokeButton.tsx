import type { ValetKeyRecord } from '@bellhop/model'
import { Ban } from 'lucide-react'
import { DialogTrigger } from 'react-aria-components'
import { useMay } from '../../account/use-may.ts'
import { trpc } from '../../trpc.ts'
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx'
import { IconButton } from '../../ui/IconButton.tsx'
import { announce } from '../../ui/live-region.tsx'
import { useNow } from '../../ui/now.ts'
import { errorSentence } from '../../words/error-sentence.ts'
import { useWords } from '../../words/use-words.ts'
import { keyState } from './key-state.ts'

/** For a living key, of whoever may end it. The question says what that does, and what it cannot. */
export function RevokeButton({ record }: { readonly record: ValetKeyRecord }) {
  const words = useWords()
  const { keys } = words.settings
  const utils = trpc.useUtils()
  const now = useNow()
  const owner = useMay('administer')
  const { data: account } = trpc.account.me.useQuery(undefined, { staleTime: Number.POSITIVE_INFINITY })
  const revoke = trpc.valetKeys.revoke.useMutation({
    onSuccess: () => {
      announce(keys.announceRevoked)
      void utils.valetKeys.invalidate()
      void utils.uploads.invalidate()
    },
  })
  const mine = account?.user.id === record.userId
  if (keyState(record, now) !== 'lives' || !(owner === true || mine)) return null
  return (
    <DialogTrigger>
      <IconButton
        small
        icon={Ban}
        label={keys.revokeNamed(keys.purposes[record.purpose], record.fileName ?? keys.goneFile)}
      />
      <ConfirmDialog
        title={keys.revokeTitle}
        help={`${keys.revokeHelp[record.purpose]} ${keys.revokeUntil(words.format.dateTime(record.expiresAt))}`}
        confirmText={keys.revoke}
        cancelText={words.common.cancel}
        busy={revoke.isPending}
        error={revoke.error === null ? null : errorSentence(words, revoke.error)}
        onConfirm={() => revoke.mutate({ id: record.id })}
      />
    </DialogTrigger>
  )
}
