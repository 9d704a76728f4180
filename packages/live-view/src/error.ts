/** Why a declaration, an installation or a reading was refused. */
export type LiveViewErrorCode =
  | 'name_invalid'
  | 'key_nullable'
  | 'key_missing'
  | 'query_missing'
  | 'query_not_stable'
  | 'parameter_unsupported'
  | 'column_unsupported'
  | 'option_unsupported'
  | 'dependency_missing'
  | 'dependency_column_foreign'
  | 'bound_invalid'
  | 'view_not_installed'
  | 'token_invalid'
  | 'snapshot_missing'
  | 'tenant_missing'
  | 'change_busy'
  | 'schedule_invalid'
  | 'dependency_key_unreachable'
  | 'dependency_undeclared'
  | 'keeper_stopped'

/** A refusal of this library: `code` for programs, `message` a sentence that says what to do. */
export class LiveViewError extends Error {
  override readonly name = 'LiveViewError'
  readonly code: LiveViewErrorCode

  constructor(code: LiveViewErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
