import type { StoreCheck } from '@bellhop/model'
import { LIMITS } from '@bellhop/model'

interface StoreSnippet {
  readonly kind: 'cors' | 'lifecycle'
  readonly text: string
}

const DAY_MS = 24 * 3_600_000
/** A day more than an upload may take. */
const ABORT_AFTER_DAYS = Math.ceil(LIMITS.uploadLifeMs / DAY_MS) + 1

/** What is to be put into the bucket's settings where that is the remedy, in the form that S3's own tools take. */
export function storeSnippet({ name, fix }: StoreCheck, pageOrigin: string): StoreSnippet | null {
  if (fix === null) return null
  if (name === 'cors' || name === 'cors-headers') return { kind: 'cors', text: json(corsRules(pageOrigin)) }
  // Of a rule that does harm the remedy is another one.
  return fix.includes('AbortIncompleteMultipartUpload') ? { kind: 'lifecycle', text: json(LIFECYCLE) } : null
}

function corsRules(pageOrigin: string) {
  return {
    CORSRules: [
      {
        AllowedOrigins: [pageOrigin],
        AllowedMethods: ['GET', 'HEAD', 'PUT'],
        AllowedHeaders: ['*'],
        ExposeHeaders: ['ETag', 'Content-Range', 'Content-Length', 'Accept-Ranges'],
        MaxAgeSeconds: 3600,
      },
    ],
  }
}

const LIFECYCLE = {
  Rules: [
    {
      ID: 'bellhop-incomplete-uploads',
      Status: 'Enabled',
      Filter: { Prefix: '' },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: ABORT_AFTER_DAYS },
    },
  ],
}

/** Lists of plain values stay on one line. */
function json(value: unknown): string {
  return JSON.stringify(value, null, 2).replaceAll(
    /\[\s+("[^[\]]*")\s+\]/gu,
    (_, items: string) => `[${items.replaceAll(/\s+/gu, ' ')}]`,
  )
}
