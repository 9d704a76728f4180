import type { CheckState, KeyBinding, StoreCheck, StoreCheckName, ValetKeyPurpose } from '@bellhop/model'
import { enPresets } from './en-presets.ts'
import { enWebhooks } from './en-webhooks.ts'
import { formatsFor } from './format.ts'

const { count, duration } = formatsFor('en')

export interface CheckWords {
  /** What is true when it is green. */
  readonly title: string
  /** What it is good for. */
  readonly why: string
}

/** The places behind Settings. */
export const enSettings = {
  title: 'Settings',
  sections: { storage: 'Storage', room: 'Room', keys: 'Keys', presets: 'Presets', webhooks: 'Webhooks' },
  ownersOnly: 'This is for owners of the workspace',

  storage: {
    membersHelp:
      'How the store is doing, and where it is, is told to owners only. Your uploads and downloads work as they always do.',
    headlines: {
      green: 'Your store keeps everything that Bellhop asks of it',
      amber: 'Works, with less',
      red: 'Uploads will fail',
    } satisfies Record<CheckState, string> as Record<CheckState, string>,
    headlineHelp: {
      green: 'Every guard that Bellhop has is in force.',
      amber: 'Files arrive and are checked. Some guards are missing; what to do is said below.',
      red: 'Something that uploads or downloads rely on is broken. What to do is said below.',
    } satisfies Record<CheckState, string> as Record<CheckState, string>,
    states: { green: 'Good', amber: 'Less', red: 'Broken' } satisfies Record<CheckState, string> as Record<
      CheckState,
      string
    >,
    checked: (ago: string) => `Checked ${ago}`,
    checkNow: 'Check now',
    checking: 'Checking…',
    checkingHelp: 'Bellhop writes, reads and removes small objects of its own. It leaves nothing behind.',
    announceChecked: (headline: string) => `Checked. ${headline}`,
    neverTitle: 'The store has not been examined yet',
    neverHelp: 'Bellhop tries what the store enforces, tells what is missing, and leaves nothing behind.',
    where: 'Where the bytes lie',
    endpoint: 'Address',
    publicEndpoint: 'As clients reach it',
    bucket: 'Bucket',
    binding: 'Keys are bound',
    whatItMeans: 'What does this mean?',
    bindings: {
      'store-sha256': {
        name: 'to the very bytes, and the store keeps the proof',
        mean: 'A key is worth nothing but for the bytes that were hashed before it was made. The store computes their SHA-256 itself, refuses others, and keeps it beside the object.',
      },
      sha256: {
        name: 'to the very bytes',
        mean: 'A key is worth nothing but for the bytes that were hashed before it was made: the store refuses others on arrival. It keeps no fingerprint of its own, so Bellhop keeps it.',
      },
      none: {
        name: 'to one object and its length',
        mean: 'This store does not compare bytes with their key. Bellhop reads each file again when it has arrived, and compares.',
      },
    } satisfies Record<KeyBinding, { name: string; mean: string }> as Record<
      KeyBinding,
      { name: string; mean: string }
    >,
    groups: {
      reach: 'Reaching it',
      pages: 'From a page',
      keys: 'What a key holds to',
      housekeeping: 'Housekeeping',
    },
    allGood: (value: number) => `${count(value)} of ${count(value)} good`,
    someGood: (good: number, all: number) => `${count(good)} of ${count(all)} good`,
    checks: {
      reachable: { title: 'Bellhop reaches the bucket', why: 'It must list, write, read, remove, and send in parts.' },
      clock: {
        title: 'The clocks agree',
        why: 'The store judges by its own clock when a key ends. Off by minutes, it refuses every key.',
      },
      'public-address': {
        title: 'The public address is this store',
        why: 'Keys are made for the address that clients are sent to. Behind it must stand the same bucket.',
      },
      cors: {
        title: 'Pages may send and read',
        why: 'A browser asks the store whether a page at this address may use it (CORS).',
      },
      'cors-headers': {
        title: 'Pages may read the answers',
        why: 'Without ETag and range headers a download cannot go on where it stopped.',
      },
      private: {
        title: 'Files stay private',
        why: 'Nobody reads one without a key, and who sends one cannot open it to everybody.',
      },
      length: { title: 'A key holds to its length', why: 'More or fewer bytes than the key names are refused.' },
      type: { title: 'A key holds to its type', why: 'Another content type than the key names is refused.' },
      'payload-sha256': {
        title: 'A key holds to its bytes',
        why: 'Other bytes than those that were hashed are refused on arrival.',
      },
      'checksum-sha256': {
        title: 'The store keeps a SHA-256',
        why: 'It computes the fingerprint itself, so that the proof does not rest on Bellhop alone.',
      },
      'checksum-crc64nvme': {
        title: 'The store keeps a CRC-64',
        why: 'One checksum over a whole file that was sent in parts.',
      },
      'put-if-none-match': {
        title: 'A key writes once',
        why: 'Used a second time, it cannot replace what the first use has written.',
      },
      'complete-if-none-match': {
        title: 'Parts become a file once',
        why: 'A file that is there cannot be replaced by finishing another upload.',
      },
      expiry: { title: 'A key dies on time', why: 'After its time the store refuses it.' },
      lifecycle: {
        title: 'Leftovers go by themselves',
        why: 'A rule of the bucket removes incomplete uploads, should Bellhop ever be gone.',
      },
    } satisfies Record<StoreCheckName, CheckWords> as Record<StoreCheckName, CheckWords>,
    fix: (check: StoreCheck) => check.fix ?? '',
    whatToDo: 'What to do',
    snippets: {
      cors: { name: 'CORS rule of the bucket', fix: 'Give the bucket this CORS rule.' },
      lifecycle: { name: 'Lifecycle rule of the bucket', fix: 'Give the bucket this lifecycle rule.' },
    },

    browser: {
      title: 'From this browser',
      trying: 'This browser is trying the store…',
      again: 'Try again',
      reads: (address: string) => `This browser reaches your store at ${address}, and may read what it answers.`,
      reaches: (address: string) =>
        `This browser reaches your store at ${address}, but the store does not let this page read its answers.`,
      unreachable: (address: string) => `This browser does not reach your store at ${address}.`,
      mixed: (address: string) =>
        `This page came over https, and a browser lets it use no store on plain http: ${address}.`,
      provesKeyed: 'Tried with a key to one of your pictures, so downloads work from here. It does not try to send.',
      provesBare: 'Tried without a key, so it shows the way, not that a key works there.',
      reachesFix: 'See “Pages may send and read” below, and set the CORS rule for the address of this page.',
      unreachableFix:
        'Set S3_PUBLIC_ENDPOINT to an address that people’s browsers reach, and see that no firewall stands between.',
      mixedFix: 'Give the store a certificate and an https address, and set S3_PUBLIC_ENDPOINT to it.',
    },

    sweep: {
      title: 'The last walk through the bucket',
      help: 'Bellhop compares what lies in the bucket with what it knows. It removes what uploads left behind, and never a file.',
      now: 'Sweep now',
      running: 'Walking through the bucket…',
      announceEnded: 'The walk through the bucket has ended.',
      begun: 'A walk through the bucket has begun.',
      ended: (ago: string) => `Ended ${ago}`,
      never: 'Bellhop has not walked through this bucket yet.',
      objectsSeen: 'Objects seen',
      leftoversRemoved: 'Leftovers removed',
      multipartAborted: 'Unfinished uploads ended',
      filesMended: 'Files finished',
      unknownObjects: 'Unknown objects',
      filesMissing: 'Files missing',
      unknownHelp: (shown: number, total: number) =>
        shown >= total
          ? 'Bellhop has no file for these. It leaves them alone: they may be yours.'
          : `Bellhop has no file for these. It leaves them alone: they may be yours. The first ${count(shown)} of ${count(total)}:`,
      missingSome: 'Objects of files are gone from the bucket. If it keeps versions, bring them back.',
      missingHere: 'The newest in this workspace:',
    },
  },

  room: {
    membersHelp: 'Owners of the workspace set these bounds.',
    held: 'What is here',
    bytes: 'Size',
    files: 'Files',
    used: 'Here',
    reserved: 'On its way',
    free: 'Free',
    of: (used: string, allowed: string) => `${used} of ${allowed}`,
    unbounded: 'no bound',
    full: 'Full: nothing more is taken until files are deleted or the bound is raised.',
    outputsHelp: 'What jobs make from files is not counted.',
    bounds: 'Bounds',
    maxBytes: 'All files together',
    maxFiles: 'Number of files',
    maxFileBytes: 'Largest file',
    mediaTypes: 'Types that are taken',
    noBound: 'No bound',
    leaveEmpty: 'Leave it empty for no bound.',
    unit: (field: string) => `Unit of ${field}`,
    allTypes: 'Every type',
    typeHint: 'image/* or text/csv',
    removeType: (type: string) => `Remove the type ${type}`,
    types: { 'image/*': 'Images', 'video/*': 'Videos', 'audio/*': 'Audio', 'text/csv': 'CSV tables' } as Readonly<
      Record<string, string>
    >,
    notANumber: 'Give a number, or leave it empty.',
    notWhole: 'Give a whole number, or leave it empty.',
    tooLarge: (most: string) => `Bellhop takes files of at most ${most}.`,
    tooManyFiles: 'That is more than can be counted.',
    aboveAll: 'The largest file cannot be larger than all files together.',
    notAType: 'Write it as image/* or text/csv.',
    tooManyTypes: (most: number) => `At most ${count(most)} types can be listed.`,
    belowUsed: 'Less than is here already. Nothing is deleted, but nothing more is taken.',
    save: 'Save the bounds',
    saving: 'Saving…',
    saved: 'The bounds are saved.',
    reset: 'Undo the changes',
  },

  keys: {
    help: 'Every key to the bucket, when it was made and for whom. A key opens one object for one purpose, and dies by itself.',
    ownOnly: 'You see those that were made for you; owners see all.',
    search: 'Search keys',
    searchHint: 'File or person…',
    clearSearch: 'Clear the search',
    ofFile: (name: string) => `File: ${name}`,
    ofThisFile: 'One file',
    ofPerson: (name: string) => `Person: ${name}`,
    ofThisPerson: 'One person',
    removeFilter: (what: string) => `Remove the filter ${what}`,
    onlyFile: (name: string) => `Only keys to ${name}`,
    onlyPerson: (name: string) => `Only keys of ${name}`,
    columns: { what: 'To do what', who: 'Who', moves: 'Moves at most', issued: 'Made', state: 'State' },
    purposes: {
      upload: 'To send a file',
      'upload-part': 'To send parts',
      download: 'To download',
      preview: 'To show in a page',
      job: 'To be read by a job',
    } satisfies Record<ValetKeyPurpose, string> as Record<ValetKeyPurpose, string>,
    part: (number: number) => `part ${count(number)}`,
    parts: (first: number, last: number) => `parts ${count(first)}–${count(last)}`,
    goneFile: 'a file that is gone',
    gonePerson: 'somebody who left',
    from: (address: string) => `from ${address}`,
    lives: (ms: number) => `Lives for ${duration(ms)}`,
    until: (when: string) => `until ${when}`,
    ended: 'Ended',
    used: 'Used',
    revoked: 'Revoked',
    stillLives: (ms: number) => `handed out, dies in ${duration(ms)}`,
    revoke: 'Revoke',
    revokeNamed: (what: string, file: string) => `Revoke the key: ${what}, ${file}`,
    revokeTitle: 'Revoke this key?',
    revokeHelp: {
      upload:
        'The upload ends, and what has arrived of it is removed. Who holds the key may still use it until it dies, but what it writes becomes no file.',
      'upload-part':
        'The upload ends in the bucket at once, so the keys to its parts are worth nothing any more. What has arrived of it is removed.',
      download:
        'No key follows under this one, so a long download stops when it next asks. Who holds the key may still begin with it until it dies, and who may read the file may ask for another.',
      preview:
        'Who holds the address may still look at the picture until the key dies, and who may read the file may ask for another.',
      job: 'The job that reads by it goes on until the key dies; cancel the job to stop it at once.',
    } satisfies Record<ValetKeyPurpose, string> as Record<ValetKeyPurpose, string>,
    revokeUntil: (when: string) => `It dies by itself: ${when}.`,
    announceRevoked: 'The key is revoked.',
    emptyTitle: 'No keys yet',
    emptyHelp: 'With the first upload its keys are written down here.',
    noMatchTitle: 'No key matches',
    noMatchHelp: 'Nobody was given a key like that.',
    clearFilters: 'Show all keys',
    ofFileLink: 'Who was given keys to this file',
  },

  presets: enPresets,

  webhooks: enWebhooks,
}

export type SettingsWords = typeof enSettings
