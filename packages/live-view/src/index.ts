/**
 * Declares views over Postgres with Drizzle and keeps them fresh.
 *
 * Declare with `liveView` and `refreshedView`; write their SQL with `viewMigration`; run `keepViewsFresh` in a worker;
 * read `view.table` or `view.view` with Drizzle; ask `freshness` and `waitUntilApplied` how fresh they are.
 */
export {
  on,
  type Dependency,
  type FanoutDependency,
  type KeyDependency,
  type RowChoice,
  type TableDependency,
} from './dependency.ts'
export { liveView, type LiveView, type LiveViewOptions } from './live-view.ts'
export {
  batchView,
  refreshedView,
  type BatchView,
  type BatchViewOptions,
  type RefreshedView,
  type RefreshedViewOptions,
} from './refreshed-view.ts'
export { type Schedule } from './schedule.ts'
export { type ServiceLevel } from './sla.ts'
export { type Service } from './service.ts'
export { type AnyView } from './view.ts'
export { type IndexDeclarations } from './view-parts.ts'
export { dropViewMigration, viewMigration, type ViewMigrationOptions } from './migration.ts'
export { changeView } from './change-view.ts'
export { verifyViews, type VerifyViewsOptions, type ViewFinding } from './verify.ts'
export { keepViewsFresh, type KeepViewsFreshOptions, type ViewKeeper } from './keeper.ts'
export { type KeeperLog } from './keeper-log.ts'
export { type Applied } from './applied.ts'
export { type AuditPlan } from './auditor.ts'
export { auditView, type Audit, type AuditOptions } from './audit.ts'
export { pauseView, refreshTenant, resumeView } from './control.ts'
export { changesAfter, concerns, versionOf, type Change } from './change.ts'
export { watchView, type WatchOptions } from './watch.ts'
export { rebuild } from './rebuild.ts'
export { refresh } from './refresh.ts'
export { freshness, freshnessAnswer, freshnessColumn, type Freshness } from './freshness.ts'
export { readView, type ReadOptions, type ViewAnswer, type ViewReader, type Want } from './read.ts'
export { viewHealth, type ViewHealth, type ViewMode } from './view-health.ts'
export { committedToken, waitUntilApplied, writeToken, writeTokenExpression, type WaitOptions } from './write-token.ts'
export { LiveViewError, type LiveViewErrorCode } from './error.ts'
