-- The database itself refuses every arrow that the table of statuses (packages/model/src/job.ts) lacks, and any change
-- that does not raise the version by one. A test compares the two tables.
create function job_arrow_exists(from_status text, to_status text) returns boolean
language sql
immutable
as $$
  select (from_status, to_status) in (
    ('PENDING', 'PROCESSING'),
    ('PENDING', 'FAILED'),
    ('PENDING', 'CANCELLED'),
    ('PROCESSING', 'COMPLETED'),
    ('PROCESSING', 'FAILED'),
    ('PROCESSING', 'CANCELLED'),
    ('FAILED', 'PENDING')
  )
$$;
--> statement-breakpoint
create function jobs_guard() returns trigger
language plpgsql
as $$
begin
  if new.status <> old.status and not public.job_arrow_exists(old.status, new.status) then
    raise exception 'job % cannot go from % to %', old.id, old.status, new.status
      using errcode = 'check_violation', constraint = 'jobs_arrow';
  end if;
  if new.version <> old.version + 1 then
    raise exception 'job %: version must rise from % to %, got %', old.id, old.version, old.version + 1, new.version
      using errcode = 'check_violation', constraint = 'jobs_version';
  end if;
  return new;
end
$$;
--> statement-breakpoint
create trigger jobs_guard
before update on jobs
for each row execute function jobs_guard();
--> statement-breakpoint
create function jobs_record() returns trigger
language plpgsql
as $$
begin
  if tg_op = 'INSERT' or new.status <> old.status then
    insert into public.job_events (job_id, version, status, attempt, worker_id, reason)
    values (
      new.id,
      new.version,
      new.status,
      new.attempt,
      -- A claim has the new owner; what ends an attempt has given it up, and names the one that held it.
      coalesce(new.lease_owner, case when tg_op = 'UPDATE' then old.lease_owner end),
      case when new.status = 'FAILED' then new.error_sentence end
    );
  end if;
  return null;
end
$$;
--> statement-breakpoint
create trigger jobs_record
after insert or update on jobs
for each row execute function jobs_record();
