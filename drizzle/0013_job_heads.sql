DROP INDEX "jobs_turn_idx";--> statement-breakpoint
CREATE INDEX "jobs_turn_idx" ON "jobs" USING btree ("kind","priority","turn") WHERE status = 'PENDING' and turn > 0 and parked_for is null;