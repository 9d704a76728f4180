-- Tells the webhooks of a workspace that a job has ended, in the transaction that ends it. Deferred to the commit, so that
-- an attempt that fails and is tried again in the same transaction is no end; the name of the queue lets one message at a
-- time go to a webhook, so that a slow receiver takes one of the places of the workers at most.
create function jobs_tell_webhooks() returns trigger
language plpgsql
as $$
declare
  delivery record;
begin
  if not exists (
    select from public.webhooks w where w.workspace_id = new.workspace_id and w.disabled_at is null
  ) then
    return null;
  end if;
  for delivery in
    insert into public.webhook_deliveries (webhook_id, job_id, event, version)
    select w.id, j.id, 'job.' || lower(j.status), j.version + p.ticks
    from public.jobs j
    join public.job_progress p on p.job_id = j.id
    join public.webhooks w on w.workspace_id = j.workspace_id
    where j.id = new.id
      and j.version = new.version
      and w.disabled_at is null
      and 'job.' || lower(j.status) = any (w.events)
    returning id, webhook_id
  loop
    perform graphile_worker.add_job(
      identifier := 'webhooks:deliver',
      payload := json_build_object('deliveryId', delivery.id),
      queue_name := 'webhook:' || delivery.webhook_id,
      max_attempts := 12
    );
  end loop;
  return null;
end
$$;
--> statement-breakpoint
create constraint trigger jobs_tell_webhooks
after update of status on jobs
deferrable initially deferred
for each row
when (new.status in ('COMPLETED', 'FAILED', 'CANCELLED') and new.status <> old.status)
execute function jobs_tell_webhooks();
