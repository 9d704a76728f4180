CREATE TABLE "job_history" (
	"kind" text NOT NULL,
	"kind_version" integer NOT NULL,
	"size_class" integer NOT NULL,
	"slot" integer NOT NULL,
	"size_bytes" bigint NOT NULL,
	"duration_ms" integer NOT NULL,
	"stage_ms" jsonb NOT NULL,
	"ended_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "job_history_kind_kind_version_size_class_slot_pk" PRIMARY KEY("kind","kind_version","size_class","slot")
);
--> statement-breakpoint
CREATE TABLE "job_log" (
	"job_id" text NOT NULL,
	"seq" integer NOT NULL,
	"attempt" integer NOT NULL,
	"line" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "job_log_job_id_seq_pk" PRIMARY KEY("job_id","seq")
);
--> statement-breakpoint
ALTER TABLE "job_events" ADD COLUMN "usage" jsonb;--> statement-breakpoint
ALTER TABLE "job_progress" ADD COLUMN "work_done" double precision;--> statement-breakpoint
ALTER TABLE "job_progress" ADD COLUMN "work_total" double precision;--> statement-breakpoint
ALTER TABLE "job_progress" ADD COLUMN "work_unit" text;--> statement-breakpoint
ALTER TABLE "job_progress" ADD COLUMN "eta_late_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "job_progress" ADD COLUMN "stages" jsonb;--> statement-breakpoint
ALTER TABLE "job_progress" ADD COLUMN "log_seq" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "usage" jsonb;--> statement-breakpoint
ALTER TABLE "workers" ADD COLUMN "concurrency" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "job_log" ADD CONSTRAINT "job_log_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
-- As before, and with what the attempt took: told by the worker that ends it; where another ends it, because the worker
-- died, the stages that its progress had told of.
create or replace function jobs_record() returns trigger
language plpgsql
as $$
begin
  if tg_op = 'INSERT' or new.status <> old.status then
    insert into public.job_events (job_id, version, status, attempt, worker_id, reason, usage)
    values (
      new.id,
      new.version,
      new.status,
      new.attempt,
      -- A claim has the new owner; what ends an attempt has given it up, and names the one that held it.
      coalesce(new.lease_owner, case when tg_op = 'UPDATE' then old.lease_owner end),
      case when new.status = 'FAILED' then new.error_sentence end,
      case
        when tg_op = 'UPDATE' and old.status = 'PROCESSING' then coalesce(
          new.usage,
          (select jsonb_build_object('stages', p.stages) from public.job_progress p where p.job_id = new.id and p.stages is not null)
        )
      end
    );
  end if;
  return null;
end
$$;
