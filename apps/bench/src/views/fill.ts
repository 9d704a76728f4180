import { newId } from '@bellhop/model'
import type { UserId, WorkspaceId } from '@bellhop/model'
import { createUser, createWorkspace } from '@bellhop/persistence'
import type { Database } from '@bellhop/persistence'

/** The workspace that is read holds every second file; the others share the rest. */
const OTHER_WORKSPACES = 9
const OWNERS = 20

const ENGLISH = `{amber,harbor,invoice,quarterly,summary,meeting,photo,velvet,garden,contract,release,budget,survey,station,
window,harvest,copper,journal,northern,silver,sample,voyage,lantern,meadow,orchard,pattern,quarry,ribbon,signal,timber}`
const KOREAN = `{계약서,보고서,회의록,사진,예산안,설문,분기실적,견적서,도면,제안서,영수증,발표자료,일정표,인사기록,
출장,고객명단,재고,품질검사,연구노트,지도}`
const TAGS = `{draft,final,2024,2025,2026,finance,legal,design,field,archive,internal,press,초안,최종,재무,법무}`

/** Sizes are even over orders of magnitude. */
const SIZE_EXPONENT_MAX = 20
export const MEDIAN_SIZE_BYTES: number = Math.round(Math.exp(SIZE_EXPONENT_MAX / 2))

/** Where the files are that the benchmark reads, and who owns jobs there. */
export interface Population {
  readonly workspaceId: WorkspaceId
  readonly otherIds: readonly WorkspaceId[]
  readonly ownerId: UserId
  readonly rows: number
}

/** The id of file number `n`, from 1. Even numbers are the read workspace's. */
export function fileIdOf(n: number): `file_${string}` {
  return `file_${String(n).padStart(26, '0')}`
}

/**
 * Fills an empty database with files, about two jobs for every three of them, and their outputs. No trigger fires: the caller
 * rebuilds the views.
 */
export async function fillWorkspaces({ db, sql }: Database, rows: number): Promise<Population> {
  const owners: UserId[] = []
  for (let n = 1; n <= OWNERS; n += 1) {
    owners.push(await createUser(db, { name: `Owner ${n}`, email: `${newId('user')}@bench.test` }))
  }
  const [ownerId] = owners
  if (ownerId === undefined) throw new Error('There is no owner.')
  const workspaceId = await createWorkspace(db, 'Read', ownerId)
  const otherIds: WorkspaceId[] = []
  for (let n = 1; n <= OTHER_WORKSPACES; n += 1) otherIds.push(await createWorkspace(db, `Other ${n}`, ownerId))
  await sql.begin(async (tx) => {
    // Neither triggers nor foreign keys: a million rows come in half a minute.
    await tx`set local session_replication_role = replica`
    await tx`select setseed(0.42)`
    await tx`
      insert into files (id, workspace_id, owner_id, name, type, media_type, size_bytes, tags, status, object_key, integrity,
        created_at, ready_at, download_count)
      select
        'file_' || lpad(n::text, 26, '0'),
        case when n % 2 = 0 then ${workspaceId} else (${[...otherIds]}::text[])[1 + n / 2 % ${OTHER_WORKSPACES}] end,
        (${[...owners]}::text[])[1 + n % ${OWNERS}],
        case when random() < 0.3
          then (${KOREAN}::text[])[1 + floor(random() * 20)] || ' ' || (${KOREAN}::text[])[1 + floor(random() * 20)] || ' ' || n || '.pdf'
          else (${ENGLISH}::text[])[1 + floor(random() * 30)] || '-' || (${ENGLISH}::text[])[1 + floor(random() * 30)] || '-' || n || '.bin'
        end,
        (array['image', 'image', 'image', 'dataset', 'dataset', 'document', 'document', 'video', 'audio', 'archive', 'other'])[1 + floor(random() * 11)],
        'application/octet-stream',
        floor(exp(random() * ${SIZE_EXPONENT_MAX}::int)),
        (${TAGS}::text[])[1 + (n * 7) % 16:(n * 7) % 16 + n / 16 % 4],
        'READY',
        'bench/' || n,
        'store-sha256',
        now() - (${rows} - n) * interval '20 seconds',
        now() - (${rows} - n) * interval '20 seconds',
        floor(random() * 100)
      from generate_series(1, ${rows}::int) n`
    await tx`
      insert into jobs (id, workspace_id, kind, kind_version, file_id, status, version, max_attempts, input, output, created_at,
        run_at, started_at, finished_at)
      select 'job_' || substr(f.id, 6), f.workspace_id,
        case f.type when 'image' then 'image.variants' when 'dataset' then 'dataset.profile' else 'file.verify' end,
        1, f.id, 'COMPLETED', 3, 3, jsonb_build_object('fileId', f.id),
        case f.type
          when 'image' then '{"blurhash":"LEHV6nWB2yk8pyo0adR*.7kCMdnj","width":4000,"height":3000}'::jsonb
          when 'dataset' then '{"rowCount":120000,"columnCount":14}'::jsonb
          else '{}'::jsonb
        end,
        f.created_at, f.created_at, f.created_at, f.created_at + interval '4 seconds'
      from files f where f.type in ('image', 'dataset', 'document')`
    await tx`
      insert into outputs (id, workspace_id, job_id, file_id, role, name, media_type, size_bytes, width, height, object_key)
      select 'out_' || substr(j.id, 5), j.workspace_id, j.id, j.file_id, 'thumbnail', 'thumbnail.webp', 'image/webp', 12000, 320, 240,
        'bench/out/' || j.id
      from jobs j where j.kind = 'image.variants'`
  })
  for (const table of ['files', 'jobs', 'outputs']) await sql.unsafe(`vacuum (analyze) ${table}`)
  return { workspaceId, otherIds, ownerId, rows }
}
