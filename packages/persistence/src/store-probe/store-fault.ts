import type { ObjectStoreOptions } from '../s3-client.ts'

/** Why a request was not done, in words that hold neither keys nor signatures. */
export interface StoreFault {
  /** `denied`: this request only. `unsupported`: the store does not do it. `all`: no request will be done. */
  readonly reach: 'denied' | 'unsupported' | 'all' | 'this'
  readonly found: string
  readonly fix: string
}

const NAME_FAULTS = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'EAI_NONAME'])
const TLS_FAULT = /CERT|SIGNATURE_FAILURE|SSL|TLS|EPROTO|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/

/** Reads what the SDK or `fetch` threw. */
export function faultOf(error: unknown, store: ObjectStoreOptions): StoreFault {
  const network = systemCodeOf(error)
  const address = new URL(store.endpoint).origin
  if (network !== undefined) return networkFault(network, address)
  const { code, status, message } = answerOf(error)
  switch (code) {
    case 'InvalidAccessKeyId':
    case 'InvalidToken':
      return all('The store does not know these credentials.', 'Set `S3_ACCESS_KEY_ID` to a key id of this store.')
    case 'SignatureDoesNotMatch':
      return all(
        'The store knows the key id, and the signature is wrong.',
        'Set `S3_SECRET_ACCESS_KEY` to what belongs to `S3_ACCESS_KEY_ID`; where it does, something between here and the store changes requests.',
      )
    case 'NoSuchBucket':
      return all(
        `There is no bucket \`${store.bucket}\` at ${address}.`,
        'Make the bucket, or set `S3_BUCKET` and `S3_ENDPOINT` to where it is.',
      )
    case 'AuthorizationHeaderMalformed':
    case 'PermanentRedirect':
    case 'IllegalLocationConstraintException': {
      const region = /expecting '([\w-]+)'/.exec(message)?.[1]
      return all(
        `The bucket is not in the region \`${store.region}\`.`,
        `Set \`S3_REGION\` to ${region === undefined ? 'the region of the bucket' : `\`${region}\``}, and \`S3_ENDPOINT\` to that region's address.`,
      )
    }
    case 'RequestTimeTooSkewed':
      return all(
        'The store takes our clock to be wrong and refuses every request.',
        'Set the clock of this machine by NTP.',
      )
    case 'AbortError':
    case 'TimeoutError':
      return { reach: 'this', found: 'There was no answer in time.', fix: 'Try again when the store is less busy.' }
    case 'NotImplemented':
    case 'MethodNotAllowed':
      return { reach: 'unsupported', found: 'The store does not do this.', fix: 'Use a store that does.' }
  }
  if (status === 403)
    return { reach: 'denied', found: 'The store refuses this.', fix: 'Allow it to these credentials.' }
  if (status === undefined || code === undefined || code === 'SyntaxError') {
    return all(
      `What answers at ${address} does not speak S3.`,
      'Set `S3_ENDPOINT` to the address of an S3 API, not of a console.',
    )
  }
  return {
    reach: 'this',
    found: `The store answered ${status} ${code}.`,
    fix: 'Try again; where it stays so, look into the log of the store.',
  }
}

/** The store heard the request and will not do it. Anything else may be otherwise the next time. */
export function isRefusal(error: unknown): boolean {
  const status = error instanceof Error ? statusOf(error) : undefined
  return status !== undefined && ((status >= 400 && status < 500 && status !== 429 && status !== 408) || status === 501)
}

/** No answer came from a web address: the reason, or undefined when `error` is something else. */
export function systemCodeOf(error: unknown): string | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 4; at = at.cause, depth++) {
    const code = 'code' in at ? at.code : undefined
    if (typeof code === 'string' && /^[A-Z][A-Z\d_]+$/.test(code) && !('$metadata' in at && statusOf(at))) return code
    if (at instanceof AggregateError && at.errors[0] instanceof Error) {
      const first = systemCodeOf(at.errors[0])
      if (first !== undefined) return first
    }
  }
  return undefined
}

export function networkFault(code: string, address: string): StoreFault {
  if (NAME_FAULTS.has(code)) {
    return all(
      `The name ${new URL(address).hostname} is not known (${code}).`,
      'Correct the address, or the name service of this machine.',
    )
  }
  if (TLS_FAULT.test(code)) {
    return all(
      `No secure connection to ${address} can be made (${code}).`,
      'Give the store a certificate for this name that this machine trusts (`NODE_EXTRA_CA_CERTS` for an authority of your own), or correct http and https in the address.',
    )
  }
  return all(
    `Nothing answers at ${address} (${code}).`,
    'Check that the store runs, and that address and port can be reached from this machine.',
  )
}

function answerOf(error: unknown): { code: string | undefined; status: number | undefined; message: string } {
  if (!(error instanceof Error)) return { code: undefined, status: undefined, message: '' }
  return { code: error.name, status: statusOf(error), message: error.message }
}

function statusOf(error: Error): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode
}

function all(found: string, fix: string): StoreFault {
  return { reach: 'all', found, fix }
}
