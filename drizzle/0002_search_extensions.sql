-- Both are trusted: the database's owner may create them. pg_trgm finds a text inside another, Korean included;
-- btree_gin lets the workspace lead a GIN index.
create extension if not exists pg_trgm;
--> statement-breakpoint
create extension if not exists btree_gin;
