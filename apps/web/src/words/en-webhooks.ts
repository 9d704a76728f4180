import type { WebhookEvent } from '@bellhop/model'
import type { DeliveryState, WebhookState } from '../settings/webhooks/webhook-state.ts'
import { plural } from './en-plural.ts'
import { formatsFor } from './format.ts'

const { duration } = formatsFor('en')
const list = new Intl.ListFormat('en', { type: 'disjunction' })

/** Settings: who is told when jobs end. */
export const enWebhooks = {
  help: 'When a job ends, Bellhop sends a signed message to these addresses, so that a server of yours need not ask. It tries for about a day.',
  membersHelp: 'Which servers are told when jobs end is for owners to see and to set.',
  full: (most: number) => `There are ${most} of them, which is as many as there may be.`,
  emptyTitle: 'Nobody is told yet',
  emptyHelp: 'Add the address of a server of yours, and it is told when jobs end.',
  add: 'Add a webhook',
  adding: 'Adding…',
  announceAdded: 'The webhook is added. Its secret is shown now, and never again.',
  address: 'Address',
  notAnAddress: 'Give an address that begins with https:// or http://.',
  toldOf: 'It is told when a job',
  noEvent: 'Choose at least one.',
  events: {
    'job.completed': 'is done',
    'job.failed': 'has failed',
    'job.cancelled': 'was cancelled',
  } satisfies Record<WebhookEvent, string> as Record<WebhookEvent, string>,
  toldWhen: (events: readonly string[]) => `when a job ${list.format(events)}`,
  message: {
    'job.completed': 'A job is done',
    'job.failed': 'A job has failed',
    'job.cancelled': 'A job was cancelled',
    test: 'A test',
  } satisfies Record<WebhookEvent | 'test', string> as Record<WebhookEvent | 'test', string>,
  states: { works: 'On', failing: 'Not getting through', disabled: 'Off' } satisfies Record<
    WebhookState,
    string
  > as Record<WebhookState, string>,
  failingSince: (when: string) => `Nothing has got through since ${when}. Bellhop goes on trying.`,
  stopped: (reason: string) => `Bellhop turned it off. ${reason}`,
  bothSecrets: (until: string) => `Messages are signed by the secret before as well, until ${until}.`,
  secret: 'Signing secret',
  secretTitle: 'Keep this secret now: it is shown this once',
  secretHelp:
    'With it your server checks that a message is from here. Libraries of Standard Webhooks take it as it is.',
  secretKept: 'I have kept it',
  copy: 'Copy the secret',
  copied: 'The secret is copied.',
  test: 'Send a test',
  announceTest: 'A test is on its way.',
  actions: (url: string) => `More for ${url}`,
  disable: 'Turn off',
  enable: 'Turn on',
  rotate: 'Make a new secret',
  remove: 'Remove',
  removeNamed: (url: string) => `Remove ${url}`,
  removeTitle: 'Remove this webhook?',
  removeHelp: (url: string) => `${url} is told nothing more, and what it was told is forgotten here.`,
  announceRemoved: 'The webhook is removed.',
  deliveriesOf: (url: string) => `Messages to ${url}`,
  noDeliveries: 'It was told nothing yet.',
  older: 'Show older ones',
  deliveryStates: {
    PENDING: 'On its way',
    RETRYING: 'Trying again',
    DELIVERED: 'Taken',
    FAILED: 'Given up',
    SUPERSEDED: 'Not needed',
  } satisfies Record<DeliveryState, string> as Record<DeliveryState, string>,
  answered: (status: number) => `answered ${status}`,
  tries: (tries: number) => plural(tries, 'try', 'tries'),
  nextTry: (ms: number) => `again in ${duration(ms)}`,
  replay: 'Send it again',
}

export type WebhooksWords = typeof enWebhooks
