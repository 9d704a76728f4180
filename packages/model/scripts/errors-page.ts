import { ERRORS, HTTP_STATUS } from '../src/errors.ts'

export function errorsPage(): string {
  const rows = Object.entries(ERRORS).map(
    ([code, { status, retryable, sentence }]) =>
      `| \`${code}\` | ${HTTP_STATUS[status]} | ${retryable ? 'yes' : 'no'} | ${sentence} |`,
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
