import type {
  Account,
  AnswerFreshness,
  ApiKeyRecord,
  CatalogFacets,
  CatalogPage,
  CatalogSort,
  CompletedUpload,
  Download,
  FileDetail,
  FileDigests,
  FileId,
  FileRecord,
  FileType,
  InsightRow,
  JobDetail,
  JobId,
  JobLogPage,
  JobLogStep,
  JobQueuePlace,
  JobPriority,
  JobShare,
  JobSnapshot,
  JobStatus,
  OpenUpload,
  OperationsReport,
  OutputId,
  Page,
  PresetRecord,
  Preview,
  Role,
  SignedPart,
  StoreReport,
  StoreSweep,
  UploadId,
  UploadPlan,
  UploadProgress,
  UploadStatus,
  UsageRow,
  UserId,
  ValetKeyId,
  ValetKeyRecord,
  ViewStatus,
  Want,
  WebhookDelivery,
  WebhookDeliveryId,
  WebhookEvent,
  WebhookId,
  WebhookRecord,
  WorkspaceId,
  WorkspaceShare,
} from '@bellhop/model'
import type { CompleteUpload, PartToSign, StartUpload } from './upload/upload-port.ts'

/**
 * The server as this package calls it, in the model's words. `links.ts` binds it to the router of `@bellhop/api`; where
 * the two differ, that line does not compile.
 */
export interface Contract {
  uploads: {
    start: Mutation<StartUpload, UploadPlan>
    signParts: Mutation<{ uploadId: UploadId; parts: PartToSign[] }, readonly SignedPart[]>
    renew: Mutation<{ uploadId: UploadId; sha256?: string }, UploadPlan>
    complete: Mutation<CompleteUpload, CompletedUpload>
    abort: Mutation<{ uploadId: UploadId }, { status: UploadStatus }>
    get: Query<{ uploadId: UploadId }, UploadProgress>
    listOpen: Query<void, readonly OpenUpload[]>
  }
  downloads: {
    start: Mutation<{ id: FileId | OutputId; disposition?: Disposition; renews?: ValetKeyId }, Download>
    previews: Query<{ ids: (FileId | OutputId)[] }, readonly Preview[]>
  }
  files: {
    get: Query<{ fileId: FileId }, FileDetail>
    digests: Query<{ fileId: FileId }, FileDigests | null>
    update: Mutation<{ fileId: FileId; name?: string; tags?: string[] }, FileRecord>
    delete: Mutation<{ fileId: FileId }, { id: FileId }>
  }
  valetKeys: {
    list: Query<ValetKeyFilter, Page<ValetKeyRecord>>
    revoke: Mutation<{ id: ValetKeyId }, readonly ValetKeyRecord[]>
  }
  jobs: {
    submit: Mutation<JobToSubmit, JobSnapshot>
    get: Query<{ jobId: JobId }, OnTheWire<JobDetail>>
    list: Query<JobFilter, JobPage>
    cancel: Mutation<{ jobId: JobId }, JobSnapshot>
    retry: Mutation<{ jobId: JobId }, JobSnapshot>
    queue: Query<{ jobIds: JobId[] }, readonly { jobId: JobId; queue: JobQueuePlace }[]>
    log: Query<{ jobId: JobId; after?: number }, JobLogPage>
    logFeed: Subscription<{ jobId: JobId; lastEventId?: string }, JobLogStep>
    watch: Subscription<{ jobId: JobId; lastEventId?: string }, JobSnapshot>
    feed: Subscription<{ lastEventId?: string }, JobSnapshot>
  }
  catalog: {
    search: Query<CatalogQuery, CatalogPage>
    facets: Query<CatalogFilter, CatalogFacets>
  }
  insights: {
    summary: Query<InsightQuery, InsightSummary>
    usage: Query<InsightQuery, UsageSummary>
  }
  presets: {
    list: Query<void, readonly PresetRecord[]>
    set: Mutation<{ name: string; kind: string; settings: Record<string, unknown>; isDefault?: boolean }, PresetRecord>
    delete: Mutation<{ name: string }, { name: string }>
  }
  webhooks: {
    list: Query<void, readonly WebhookRecord[]>
    create: Mutation<NewWebhook, WebhookWithSecret>
    update: Mutation<{ id: WebhookId } & WebhookChange, WebhookRecord>
    delete: Mutation<{ id: WebhookId }, { id: WebhookId }>
    rotateSecret: Mutation<{ id: WebhookId }, WebhookWithSecret>
    test: Mutation<{ id: WebhookId }, WebhookDelivery>
    deliveries: Query<{ id: WebhookId } & DeliveryQuery, Page<WebhookDelivery>>
    replay: Mutation<{ deliveryId: WebhookDeliveryId }, WebhookDelivery>
  }
  operations: {
    report: Query<void, OperationsReport>
    listJobShares: Query<{ cursor?: string; limit?: number }, Page<WorkspaceShare>>
    setJobShare: Mutation<{ workspaceId: WorkspaceId } & JobShareChange, JobShare>
  }
  storage: {
    report: Query<void, StorageReport>
    check: Mutation<void, StoreReport>
    sweep: Mutation<void, unknown>
  }
  views: {
    status: Query<void, readonly ViewStatus[]>
    refresh: Mutation<{ name: string }, { name: string }>
    refreshWorkspace: Mutation<{ name: string }, { name: string }>
    pause: Mutation<{ name: string }, { name: string }>
    resume: Mutation<{ name: string }, { name: string }>
    watch: Subscription<{ views: string[]; lastEventId?: string }, ViewChange>
  }
  account: {
    me: Query<void, Account>
    createWorkspace: Mutation<{ name: string }, { id: string; name: string }>
    jobShare: Query<void, JobShare>
    lowerJobLimit: Mutation<{ maxRunningJobs: number }, JobShare>
    apiKeys: {
      list: Query<void, readonly ApiKeyRecord[]>
      create: Mutation<{ name: string; role?: Role }, { key: string; record: ApiKeyRecord }>
      revoke: Mutation<{ id: string }, unknown>
    }
  }
}

/** JSON has no field for `undefined`, which an input or output might be as far as their type says. */
type OnTheWire<T> = T extends JobDetail ? Omit<T, 'input' | 'output'> & { input?: unknown; output?: unknown } : never

export interface CallControl {
  signal?: AbortSignal
}
interface Query<I, O> {
  query(input: I, control?: CallControl): Promise<O>
}
interface Mutation<I, O> {
  mutate(input: I, control?: CallControl): Promise<O>
}
export interface Subscription<I, O> {
  subscribe(input: I, handlers: SubscriptionHandlers<O>): { unsubscribe(): void }
}
interface SubscriptionHandlers<O> {
  onData(event: Tracked<O>): void
  onError(error: unknown): void
  onComplete(): void
}
/** An event and the cursor to go on from. */
export interface Tracked<T> {
  id: string
  data: T
}

export type Disposition = 'attachment' | 'inline'

interface JobToSubmit {
  kind: string
  input: unknown
  preset?: string
  idempotencyKey?: string
  priority?: JobPriority
  delayMs?: number
  after?: JobId[]
}

export interface JobFilter {
  status?: JobStatus[]
  kind?: string
  fileId?: FileId
  /** `nextCursor` of the page before. */
  cursor?: string
  limit?: number
}

/** The newest first. */
export interface JobPage extends Page<JobSnapshot> {
  /** Over the whole filter, not this page. */
  readonly counts: Readonly<Record<JobStatus, number>>
}

export interface ValetKeyFilter {
  fileId?: FileId
  uploadId?: UploadId
  userId?: UserId
  /** Of the file's name or the person's; at most 200 characters. */
  text?: string
  /** `nextCursor` of the page before. */
  cursor?: string
  /** 1 to 100; default 50. */
  limit?: number
}

export interface NewWebhook {
  /** http or https; a public address, unless the server allows others. At most 2,000 characters. */
  url: string
  /** At least one; default all. */
  events?: WebhookEvent[]
}

export interface WebhookChange {
  url?: string
  events?: WebhookEvent[]
  enabled?: boolean
}

export interface WebhookWithSecret {
  readonly webhook: WebhookRecord
  /** `whsec_…`, as the libraries of Standard Webhooks take it. */
  readonly signingSecret: string
}

export interface DeliveryQuery {
  /** `nextCursor` of the page before. */
  cursor?: string
  /** 1 to 100; default 50. */
  limit?: number
}

export interface JobShareChange {
  /** 1 to 1,000. While others wait too, 3 gets three jobs for each one of a workspace with 1. */
  weight?: number
  /** 1 to 100,000; null takes the bound away. */
  maxRunningJobs?: number | null
}

export interface CatalogFilter {
  /** At most 200 characters. */
  text?: string
  type?: FileType
  /** A file must have all of them. */
  tags?: string[]
  /** Default: with what this client wrote within the last minute, on any server; `any` where it wrote nothing. */
  want?: Want
}

export interface CatalogQuery extends CatalogFilter {
  /** Default `newest`. */
  sort?: CatalogSort
  cursor?: string
  /** 1 to 100; default 48. */
  limit?: number
}

export interface InsightQuery {
  /** 1 to 366; default 30. */
  days?: number
  /** Default: as `CatalogFilter`; of `usage`, `any`. */
  want?: Want
}

export interface InsightSummary {
  readonly rows: readonly InsightRow[]
  readonly freshness: AnswerFreshness
}

export interface UsageSummary {
  readonly rows: readonly UsageRow[]
  readonly freshness: AnswerFreshness
}

/** What was last found out about the bucket; null where nobody has looked yet. */
export interface StorageReport {
  readonly report: StoreReport | null
  readonly sweep: StoreSweep | null
}

export interface ViewChange {
  readonly view: string
  /** Rises with each change of the view. */
  readonly version: number
  /** False: it says the version only, to begin with. */
  readonly changed: boolean
  readonly at: string
}
