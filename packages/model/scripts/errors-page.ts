import { ERRORS } from '../src/errors.ts'
import type { ErrorStatus } from '../src/errors.ts'

const HTTP: Readonly<Record<ErrorStatus, number>> = {
  BAD_REQUEST: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  PRECONDITION_FAILED: 412,
  PAYLOAD_TOO_LARGE: 413,
  TOO_MANY_REQUESTS: 429,
  INTERNAL_SERVER_ERROR: 500,
  SERVICE_UNAVAILABLE: 503,
}

export function errorsPage(): string {
  const rows = Object.entries(ERRORS).map(
    ([code, { status, retryable, sentence }]) =>
      `| \`${code}\` | ${HTTP[status]} | ${retryable ? 'yes' : 'no'} | ${sentence} |`,
  )
  return `# Errors

Written by \`pnpm docs:errors\` from \`packages/model/src/errors.ts\`; do not edit.

Every refusal carries a code for programs (\`data.appCode\` over tRPC, \`error.code\` in the SDK), a sentence for people, a request id that stands
beside the cause in the server's log, and whether the same request may succeed later. The sentence is often more exact than the one below.

| code | HTTP | try again | sentence |
|---|---|---|---|
${rows.join('\n')}
`
}
