import { CATALOG_SORTS } from '@bellhop/model'
import type { CatalogSort, FileId, FileType, WorkspaceId } from '@bellhop/model'
import { drizzle } from 'drizzle-orm/postgres-js'
import type { Sql } from 'postgres'
import { countFacets, searchCatalog } from './catalog.ts'
import type { CatalogFilter } from './catalog.ts'
import type { Database, Executor } from './database.ts'
import * as schema from './schema/index.ts'

/** As many as a page has by default, and one that tells whether there is more. */
const LIMIT = 49

/** One way in which the catalog is read, and the plan that Postgres makes for it. */
export interface CatalogPlan {
  /** Such as `search name, type and tags, after`. */
  readonly path: string
  /** Nodes from the top, each with the index or table that it reads. */
  readonly nodes: readonly string[]
  /** Sentences; none when the plan is as it must be. */
  readonly faults: readonly string[]
}

/** A value for each filter; and a file far from both ends of every order, after which the next page begins. */
export interface CatalogPlanSample {
  readonly workspaceId: WorkspaceId
  readonly text: string
  readonly type: FileType
  readonly tag: string
  readonly after: { readonly id: FileId; readonly name: string; readonly sizeBytes: number }
}

/**
 * Plans each sort × filter × page that the catalog's procedures offer, and says what would grow with the table: a sequential
 * scan, and a sort that an index could have spared. Reads no row; wants a catalog that is analyzed.
 */
export async function explainCatalog({ sql }: Database, sample: CatalogPlanSample): Promise<CatalogPlan[]> {
  const plans: CatalogPlan[] = []
  for (const access of accessPaths(sample)) {
    for (const { text, parameters } of await statementsOf(access.read)) {
      const [row] = await sql.unsafe<{ 'QUERY PLAN': readonly [{ Plan: PlanNode }] }[]>(
        `explain (format json) ${text}`,
        [...parameters],
      )
      if (!row) throw new Error('Postgres explained nothing.')
      const nodes = nodesOf(row['QUERY PLAN'][0].Plan)
      plans.push({ path: access.path, nodes: nodes.map(nameOf), faults: faultsOf(access, nodes) })
    }
  }
  return plans
}

interface AccessPath {
  readonly path: string
  readonly read: (tx: Executor) => Promise<unknown>
  /** Of what a GIN index finds, which keeps no order; facets are ordered by how many they counted. */
  readonly maySort: boolean
  /** Tags of all files of a workspace, or of all of one type, are counted by reading these: end to end, where they are most. */
  readonly mayScan?: boolean
}

function* accessPaths({ workspaceId, text, type, tag, after: file }: CatalogPlanSample): Generator<AccessPath> {
  for (const named of subsets(Object.entries({ text, type, tags: [tag] }))) {
    const filter: CatalogFilter = Object.fromEntries(named)
    const names = named.length === 0 ? 'all' : named.map(([name]) => name).join(' and ')
    const maySort = filter.text !== undefined || filter.tags !== undefined
    for (const sort of CATALOG_SORTS) {
      for (const page of ['first page', 'next page'] as const) {
        const value: Partial<Record<CatalogSort, string | number>> = {
          name: file.name,
          largest: file.sizeBytes,
          smallest: file.sizeBytes,
        }
        const after = page === 'first page' ? undefined : { value: String(value[sort] ?? ''), id: file.id }
        const query = { ...filter, sort, after, limit: LIMIT }
        yield { path: `${names}, ${sort}, ${page}`, read: (tx) => searchCatalog(tx, workspaceId, query), maySort }
      }
    }
    const facets = (tx: Executor) => countFacets(tx, workspaceId, filter)
    yield { path: `facets of ${names}`, read: facets, maySort: true, mayScan: !maySort }
  }
}

function subsets<T>(items: readonly T[]): T[][] {
  return items.reduce<T[][]>((found, item) => [...found, ...found.map((set) => [...set, item])], [[]])
}

interface Statement {
  readonly text: string
  readonly parameters: readonly string[]
}

/** What Drizzle would send, on a connection that answers every statement with no rows. */
async function statementsOf(read: AccessPath['read']): Promise<readonly Statement[]> {
  const statements: Statement[] = []
  const deaf = {
    options: { parsers: {}, serializers: {} },
    unsafe: (text: string, parameters: readonly string[]) => {
      statements.push({ text, parameters })
      return Object.assign(Promise.resolve([]), { values: () => Promise.resolve([]) })
    },
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Drizzle uses no more of a client for a SELECT
  await read(drizzle(deaf as unknown as Sql, { schema }))
  return statements
}

interface PlanNode {
  readonly 'Node Type': string
  readonly 'Index Name'?: string
  readonly 'Relation Name'?: string
  readonly Plans?: readonly PlanNode[]
}

function nodesOf(plan: PlanNode): PlanNode[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)]
}

function nameOf(node: PlanNode): string {
  const of = node['Index Name'] ?? node['Relation Name']
  return of === undefined ? node['Node Type'] : `${node['Node Type']} ${of}`
}

function faultsOf({ path, maySort, mayScan = false }: AccessPath, nodes: readonly PlanNode[]): string[] {
  const nodeTypes = nodes.map((node) => node['Node Type'])
  const scanned = !mayScan && nodeTypes.some((type) => type === 'Seq Scan')
  const sorted = !maySort && nodeTypes.some((type) => type === 'Sort' || type === 'Incremental Sort')
  const byKey = nodes.some((node) => node['Index Name'] === 'catalog_key')
  const plan = nodes.map(nameOf).join(' ← ')
  return [
    ...(byKey ? [`The files of all workspaces are walked for ${path}: ${plan}.`] : []),
    ...(scanned ? [`The catalog is read from end to end for ${path}: ${plan}.`] : []),
    ...(sorted ? [`The rows are sorted for ${path}, which an index could keep in order: ${plan}.`] : []),
  ]
}
