CREATE TABLE "key_rates" (
	"subject" text PRIMARY KEY NOT NULL,
	"spent_until" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "quotas" (
	"workspace_id" text PRIMARY KEY NOT NULL,
	"max_bytes" bigint,
	"max_files" integer,
	"max_file_bytes" bigint,
	"media_types" text[],
	"used_bytes" bigint DEFAULT 0 NOT NULL,
	"used_files" integer DEFAULT 0 NOT NULL,
	"reserved_bytes" bigint DEFAULT 0 NOT NULL,
	"reserved_files" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "quotas_usage_check" CHECK (least("quotas"."used_bytes", "quotas"."used_files", "quotas"."reserved_bytes", "quotas"."reserved_files") >= 0)
);
--> statement-breakpoint
CREATE TABLE "store_reports" (
	"store" text PRIMARY KEY NOT NULL,
	"report" jsonb NOT NULL,
	"checked_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "store_sweeps" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "store_sweeps_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"store" text NOT NULL,
	"stage" text DEFAULT 'uploads' NOT NULL,
	"cursor" text,
	"objects_seen" integer DEFAULT 0 NOT NULL,
	"leftovers_removed" integer DEFAULT 0 NOT NULL,
	"multipart_aborted" integer DEFAULT 0 NOT NULL,
	"unknown_objects" integer DEFAULT 0 NOT NULL,
	"unknown_keys" text[] DEFAULT '{}' NOT NULL,
	"files_missing" integer DEFAULT 0 NOT NULL,
	"files_mended" integer DEFAULT 0 NOT NULL,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "upload_parts" (
	"upload_id" text NOT NULL,
	"number" integer NOT NULL,
	"size_bytes" bigint NOT NULL,
	"sha256" char(64),
	CONSTRAINT "upload_parts_upload_id_number_pk" PRIMARY KEY("upload_id","number")
);
--> statement-breakpoint
ALTER TABLE "files" DROP CONSTRAINT "files_integrity_check";--> statement-breakpoint
ALTER TABLE "uploads" DROP CONSTRAINT "uploads_mode_check";--> statement-breakpoint
ALTER TABLE "files" ADD COLUMN "fault" text;--> statement-breakpoint
ALTER TABLE "files" ADD COLUMN "fault_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "files" ADD COLUMN "verified_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "uploads" ADD COLUMN "binding" text DEFAULT 'sha256' NOT NULL;--> statement-breakpoint
ALTER TABLE "uploads" ADD COLUMN "fingerprint" text;--> statement-breakpoint
ALTER TABLE "uploads" ADD COLUMN "size_known" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "valet_keys" ADD COLUMN "revoked_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "valet_keys" ADD COLUMN "revoked_by" text;--> statement-breakpoint
ALTER TABLE "quotas" ADD CONSTRAINT "quotas_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "upload_parts" ADD CONSTRAINT "upload_parts_upload_id_uploads_id_fk" FOREIGN KEY ("upload_id") REFERENCES "public"."uploads"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "store_sweeps_store_idx" ON "store_sweeps" USING btree ("store","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "valet_keys_user_id_idx" ON "valet_keys" USING btree ("workspace_id","user_id","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "valet_keys_upload_id_idx" ON "valet_keys" USING btree ("upload_id");--> statement-breakpoint
ALTER TABLE "files" ADD CONSTRAINT "files_fault_check" CHECK ("files"."fault" in ('missing', 'damaged') and ("files"."fault" is null) = ("files"."fault_at" is null));--> statement-breakpoint
ALTER TABLE "files" ADD CONSTRAINT "files_integrity_check" CHECK ("files"."integrity" in ('store-sha256', 'sha256', 'sha256-parts', 'reread', 'size'));--> statement-breakpoint
ALTER TABLE "uploads" ADD CONSTRAINT "uploads_binding_check" CHECK ("uploads"."binding" in ('store-sha256', 'sha256', 'none'));--> statement-breakpoint
ALTER TABLE "uploads" ADD CONSTRAINT "uploads_mode_check" CHECK (("uploads"."mode" = 'multipart') or ("uploads"."part_count" = 1 and "uploads"."store_upload_id" is null and "uploads"."size_known"));--> statement-breakpoint
-- Rates are worth no WAL: what a crash forgets, the next minute has forgotten anyway.
ALTER TABLE "key_rates" SET UNLOGGED;--> statement-breakpoint
-- Every workspace has its row from the start; files that are there already are counted.
INSERT INTO "quotas" ("workspace_id", "used_bytes", "used_files", "reserved_bytes", "reserved_files")
SELECT
	w.id,
	coalesce(sum(f.size_bytes) FILTER (WHERE f.status = 'READY'), 0),
	count(f.id) FILTER (WHERE f.status = 'READY'),
	coalesce(sum(f.size_bytes) FILTER (WHERE f.status = 'UPLOADING'), 0),
	count(f.id) FILTER (WHERE f.status = 'UPLOADING')
FROM "workspaces" w
LEFT JOIN "files" f ON f.workspace_id = w.id
GROUP BY w.id;
