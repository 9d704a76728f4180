ALTER TABLE "valet_keys" DROP CONSTRAINT "valet_keys_purpose_check";--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "parent_id" text;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "part_weight" real;--> statement-breakpoint
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_parent_id_jobs_id_fk" FOREIGN KEY ("parent_id") REFERENCES "public"."jobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "jobs_parent_id_idx" ON "jobs" USING btree ("parent_id") WHERE parent_id is not null;--> statement-breakpoint
ALTER TABLE "valet_keys" ADD CONSTRAINT "valet_keys_purpose_check" CHECK ("valet_keys"."purpose" in ('upload', 'upload-part', 'download', 'preview', 'job'));