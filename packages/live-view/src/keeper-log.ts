/** Where a keeper says what went wrong. */
export interface KeeperLog {
  warn(message: string, error?: unknown): void
}
