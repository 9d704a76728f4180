import type { S3Request } from './request.ts'
import type { S3Response } from './response.ts'
import type { Store } from './store.ts'

/** What an operation works on. The names are empty where the address has none, which the router excludes. */
export type OperationContext = { store: Store; request: S3Request; bucketName: string; key: string }

export type Operation = (context: OperationContext) => Promise<S3Response>
