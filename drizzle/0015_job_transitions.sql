-- The guard is called only for what it refuses: the condition is looked at without a call of PL/pgSQL.
create or replace function jobs_guard() returns trigger
language plpgsql
as $$
begin
  if new.status <> old.status and not public.job_arrow_exists(old.status, new.status) then
    raise exception 'job % cannot go from % to %', old.id, old.status, new.status
      using errcode = 'check_violation', constraint = 'jobs_arrow';
  end if;
  raise exception 'job %: version must rise from % to %, got %', old.id, old.version, old.version + 1, new.version
    using errcode = 'check_violation', constraint = 'jobs_version';
end
$$;
--> statement-breakpoint
create or replace trigger jobs_guard
before update on jobs
for each row
when (
  new.version <> old.version + 1
  or (new.status <> old.status and not public.job_arrow_exists(old.status, new.status))
)
execute function jobs_guard();
--> statement-breakpoint
drop trigger jobs_record on jobs;
--> statement-breakpoint
-- As before, once for all the jobs of a statement: claims and ends come many at a time.
create or replace function jobs_record() returns trigger
language plpgsql
as $$
begin
  if tg_op = 'INSERT' then
    insert into public.job_events (job_id, version, status, attempt, worker_id, reason)
    select n.id, n.version, n.status, n.attempt, n.lease_owner, case when n.status = 'FAILED' then n.error_sentence end
    from new_rows n;
  else
    insert into public.job_events (job_id, version, status, attempt, worker_id, reason, usage)
    select
      n.id,
      n.version,
      n.status,
      n.attempt,
      -- A claim has the new owner; what ends an attempt has given it up, and names the one that held it.
      coalesce(n.lease_owner, o.lease_owner),
      case when n.status = 'FAILED' then n.error_sentence end,
      case
        when o.status = 'PROCESSING' then coalesce(
          n.usage,
          (select jsonb_build_object('stages', p.stages) from public.job_progress p where p.job_id = n.id and p.stages is not null)
        )
      end
    from new_rows n
    join old_rows o on o.id = n.id
    where n.status <> o.status;
  end if;
  return null;
end
$$;
--> statement-breakpoint
create trigger jobs_record_insert
after insert on jobs
referencing new table as new_rows
for each statement execute function jobs_record();
--> statement-breakpoint
create trigger jobs_record_update
after update on jobs
referencing old table as old_rows new table as new_rows
for each statement execute function jobs_record();
