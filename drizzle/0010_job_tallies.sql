CREATE TABLE "job_tallies" (
	"minute" timestamp with time zone NOT NULL,
	"kind" text NOT NULL,
	"status" text NOT NULL,
	"jobs" bigint NOT NULL,
	CONSTRAINT "job_tallies_minute_kind_status_pk" PRIMARY KEY("minute","kind","status")
);
--> statement-breakpoint
CREATE INDEX "jobs_ended_idx" ON "jobs" USING btree ("finished_at") WHERE finished_at is not null;