ALTER TABLE "files" ADD COLUMN "reserved_bytes" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
-- Uploads that are on their way hold what 0004 counted for them.
UPDATE "files" SET "reserved_bytes" = "size_bytes" WHERE "status" = 'UPLOADING' AND "size_bytes" > 0;--> statement-breakpoint
ALTER TABLE "files" ADD CONSTRAINT "files_reserved_check" CHECK ("files"."reserved_bytes" >= 0 and ("files"."status" = 'UPLOADING' or "files"."reserved_bytes" = 0));
