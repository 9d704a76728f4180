CREATE TABLE "job_dependencies" (
	"job_id" text NOT NULL,
	"after_id" text NOT NULL,
	CONSTRAINT "job_dependencies_job_id_after_id_pk" PRIMARY KEY("job_id","after_id")
);
--> statement-breakpoint
CREATE TABLE "job_kind_limits" (
	"kind" text PRIMARY KEY NOT NULL,
	"max_running" integer NOT NULL,
	CONSTRAINT "job_kind_limits_check" CHECK ("job_kind_limits"."max_running" > 0)
);
--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "priority" text DEFAULT 'normal' NOT NULL;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "turn" bigint;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "parked_for" text;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "has_successors" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "is_limited" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "workspaces" ADD COLUMN "job_weight" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "workspaces" ADD COLUMN "max_running_jobs" integer;--> statement-breakpoint
ALTER TABLE "job_dependencies" ADD CONSTRAINT "job_dependencies_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "job_dependencies" ADD CONSTRAINT "job_dependencies_after_id_jobs_id_fk" FOREIGN KEY ("after_id") REFERENCES "public"."jobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "job_dependencies_after_id_idx" ON "job_dependencies" USING btree ("after_id");--> statement-breakpoint
CREATE INDEX "jobs_turn_idx" ON "jobs" USING btree ("kind","turn") WHERE status = 'PENDING' and turn > 0 and parked_for is null;--> statement-breakpoint
CREATE INDEX "jobs_lane_idx" ON "jobs" USING btree ("workspace_id","kind","priority","turn") WHERE status = 'PENDING' and turn > 0;--> statement-breakpoint
CREATE INDEX "jobs_parked_kind_idx" ON "jobs" USING btree ("kind","turn") WHERE parked_for = 'kind';--> statement-breakpoint
CREATE INDEX "jobs_parked_workspace_idx" ON "jobs" USING btree ("workspace_id","turn") WHERE parked_for = 'workspace';--> statement-breakpoint
CREATE INDEX "jobs_parked_jobs_idx" ON "jobs" USING btree ("id") WHERE parked_for = 'jobs';--> statement-breakpoint
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_priority_check" CHECK ("jobs"."priority" in ('low', 'normal', 'high'));--> statement-breakpoint
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_parked_check" CHECK ("jobs"."parked_for" is null or ("jobs"."status" = 'PENDING' and "jobs"."parked_for" in ('jobs', 'kind', 'workspace')));--> statement-breakpoint
ALTER TABLE "workspaces" ADD CONSTRAINT "workspaces_job_weight_check" CHECK ("workspaces"."job_weight" between 1 and 1000);--> statement-breakpoint
ALTER TABLE "workspaces" ADD CONSTRAINT "workspaces_max_running_jobs_check" CHECK ("workspaces"."max_running_jobs" > 0);