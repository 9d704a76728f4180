import type { WebhookRecord } from '@bellhop/model'
import { Ellipsis, Send, Trash2 } from 'lucide-react'
import { DialogTrigger, MenuTrigger } from 'react-aria-components'
import { trpc } from '../../trpc.ts'
import { Button } from '../../ui/Button.tsx'
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx'
import { IconButton } from '../../ui/IconButton.tsx'
import { announce } from '../../ui/live-region.tsx'
import { Menu, MenuItem } from '../../ui/Menu.tsx'
import { errorSentence } from '../../words/error-sentence.ts'
import { useWords } from '../../words/use-words.ts'
import type { ToldSecret } from './WebhooksPage.tsx'

interface WebhookActionsProps {
  readonly webhook: WebhookRecord
  readonly onSecret: (secret: ToldSecret | null) => void
  /** Null when the next try begins. */
  readonly onFailure: (error: unknown) => void
}

/** What can be done with a webhook; removing it is asked again. */
export function WebhookActions({ webhook: { id, url, disabledAt }, onSecret, onFailure }: WebhookActionsProps) {
  const words = useWords()
  const { webhooks } = words.settings
  const utils = trpc.useUtils()
  const told = { onMutate: () => onFailure(null), onError: onFailure }
  const test = trpc.webhooks.test.useMutation({
    ...told,
    onSuccess: () => {
      announce(webhooks.announceTest)
      void utils.webhooks.deliveries.invalidate({ id })
    },
  })
  const update = trpc.webhooks.update.useMutation({ ...told, onSettled: () => utils.webhooks.list.invalidate() })
  const rotate = trpc.webhooks.rotateSecret.useMutation({
    ...told,
    onSuccess: ({ signingSecret }) => {
      onSecret({ id, text: signingSecret })
      void utils.webhooks.list.invalidate()
    },
  })
  const remove = trpc.webhooks.delete.useMutation({
    onSuccess: () => {
      announce(webhooks.announceRemoved)
      utils.webhooks.list.setData(undefined, (known) => known?.filter((webhook) => webhook.id !== id))
    },
  })
  return (
    <div className="flex shrink-0 items-center gap-1">
      <Button small onPress={() => test.mutate({ id })} isDisabled={test.isPending || disabledAt !== null}>
        <Send aria-hidden size={14} />
        {webhooks.test}
      </Button>
      <MenuTrigger>
        <IconButton icon={Ellipsis} label={webhooks.actions(url)} />
        <Menu aria-label={webhooks.actions(url)}>
          <MenuItem onAction={() => update.mutate({ id, enabled: disabledAt !== null })}>
            {disabledAt === null ? webhooks.disable : webhooks.enable}
          </MenuItem>
          <MenuItem onAction={() => rotate.mutate({ id })}>{webhooks.rotate}</MenuItem>
        </Menu>
      </MenuTrigger>
      <DialogTrigger>
        <IconButton icon={Trash2} label={webhooks.removeNamed(url)} />
        <ConfirmDialog
          title={webhooks.removeTitle}
          help={webhooks.removeHelp(url)}
          confirmText={webhooks.remove}
          cancelText={words.common.cancel}
          busy={remove.isPending}
          error={remove.error === null ? null : errorSentence(words, remove.error)}
          onConfirm={() => remove.mutate({ id })}
        />
      </DialogTrigger>
    </div>
  )
}
