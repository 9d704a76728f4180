import { plural } from './en-plural.ts'
import { formatsFor } from './format.ts'

const { count, duration, percent, precise, share } = formatsFor('en')

export const enOperations = {
  title: 'Operations',
  help: 'What waits, what runs and how it goes, over the whole installation. Jobs are named only where they are of this workspace.',
  membersHelp: 'Owners of a workspace see how much work waits and what the workers do.',
  open: 'Operations',
  behind: (when: string) => `The server does not answer right now. These figures are of ${when}.`,
  capacity: 'Capacity',
  waiting: 'Waiting',
  nothingWaits: 'nothing waits',
  oldest: (ms: number) => `the oldest for ${precise(ms)}`,
  slotsBusy: 'Slots in use',
  of: (part: number, whole: number) => `${count(part)} of ${count(whole)}`,
  hereOf: (waiting: number, running: number) => `here: ${count(waiting)} waiting, ${count(running)} running`,
  workers: 'Workers',
  workWaiting: 'Work waiting',
  drain: (workMs: number, slots: number, drainMs: number) =>
    workMs < 1
      ? `Nothing waits for a slot. If that stays so, fewer than ${plural(slots, 'slot', 'slots')} would do.`
      : `What waits would keep one slot busy for ${precise(workMs)}; the ${plural(slots, 'slot', 'slots')} there are need about ${precise(drainMs)} for it. If that is too long, start more workers.`,
  noWorkers: 'No worker is running, so nothing that waits will start. Start one.',
  queue: 'Queue by kind',
  queueEmpty: 'Nothing waits and nothing runs.',
  queueColumns: {
    kind: 'Kind',
    waiting: 'Waiting',
    oldest: 'Oldest',
    running: 'Running',
    later: 'Later',
    each: 'Each takes',
    work: 'Work waiting',
  },
  none: '–',
  notKnown: 'not known yet',
  workerName: (host: string, pid: number) => `${host}, process ${pid}`,
  slotsOf: (busy: number, slots: number) => `${count(busy)} of ${plural(slots, 'slot', 'slots')} in use`,
  silent: (ms: number) => `silent for ${duration(ms)}`,
  runs: (worker: string) => `Jobs of ${worker}`,
  elsewhere: (jobs: number) => `${plural(jobs, 'job', 'jobs')} of other workspaces`,
  idle: 'Waits for work',
  ended: 'How it has gone',
  endedNone: 'No job has ended in the last day.',
  lastHour: 'Last hour',
  chartSummary: (ended: number, failed: number) =>
    `Bars, one a minute: ${plural(ended, 'job', 'jobs')} ended in the last hour, ${count(failed)} of them failed.`,
  spans: { fiveMinutes: '5 min', hour: '1 hour', day: '24 hours' },
  failed: (fraction: number) => `${percent(fraction)} failed`,
  waited: 'Waited, p50 / p90',
  ran: 'Ran, p50 / p90',
  times: (half: number, most: number) => `${precise(half)} / ${precise(most)}`,
  views: {
    title: 'Views',
    help: 'What is kept ready for reading. Readers are never stopped by any of this.',
    columns: {
      name: 'View',
      state: 'State',
      behind: 'Behind',
      rows: 'Rows',
      applied: 'Last applied',
      took: 'Took',
      drift: 'Drifted',
      service: 'In time',
    },
    strategies: { realtime: 'real-time', event: 'on events', batch: 'by schedule' },
    modes: {
      fresh: 'Fresh',
      applying: 'Applying',
      rebuilding: 'Rebuilding',
      failing: 'Failing',
      paused: 'Paused',
      foreign: 'Another release',
    },
    pending: (changes: number, ms: number) => `${plural(changes, 'change', 'changes')}, ${duration(ms)}`,
    /** `kept` is null before it was measured. */
    service: (kept: number | null, withinMs: number) =>
      kept === null ? `within ${duration(withinMs)}` : `${share(kept)} within ${duration(withinMs)}`,
    budget: (left: number) => `budget left ${percent(left)}`,
    drifted: (found: number, sampled: number) => `${count(found)} of ${count(sampled)}`,
    actions: (name: string) => `What to do with ${name}`,
    rebuild: 'Rebuild for all workspaces',
    refreshWorkspace: 'Refresh this workspace',
    pause: 'Pause for all workspaces',
    resume: 'Resume for all workspaces',
  },
}

export type OperationsWords = typeof enOperations
