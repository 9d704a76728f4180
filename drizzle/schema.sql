-- The schema that the migrations come to. Written by `pnpm db:dump`; do not edit.

create extension if not exists btree_gin;

create extension if not exists pg_trgm;

CREATE OR REPLACE FUNCTION public.job_arrow_exists(from_status text, to_status text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select (from_status, to_status) in (
    ('PENDING', 'PROCESSING'),
    ('PENDING', 'FAILED'),
    ('PENDING', 'CANCELLED'),
    ('PROCESSING', 'COMPLETED'),
    ('PROCESSING', 'FAILED'),
    ('PROCESSING', 'CANCELLED'),
    ('FAILED', 'PENDING')
  )
$function$;

CREATE OR REPLACE FUNCTION public.jobs_guard()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.jobs_record()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
$function$;

create table accounts (
  id text not null,
  account_id text not null,
  provider_id text not null,
  user_id text not null,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamp with time zone,
  refresh_token_expires_at timestamp with time zone,
  scope text,
  password text,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now()
);

create table api_keys (
  id text not null,
  workspace_id text not null,
  user_id text not null,
  role text not null,
  name text not null,
  prefix text not null,
  hash text not null,
  created_at timestamp with time zone not null default now(),
  last_used_at timestamp with time zone,
  revoked_at timestamp with time zone
);

create table files (
  id text not null,
  workspace_id text not null,
  owner_id text not null,
  name text not null,
  type text not null,
  media_type text not null,
  size_bytes bigint not null,
  tags text[] not null default '{}'::text[],
  status text not null default 'UPLOADING'::text,
  object_key text not null,
  integrity text,
  sha256 text,
  start_jobs boolean not null default true,
  download_count integer not null default 0,
  error_code text,
  error_sentence text,
  created_at timestamp with time zone not null default now(),
  ready_at timestamp with time zone
);

create table job_events (
  job_id text not null,
  version integer not null,
  status text not null,
  attempt integer not null,
  worker_id text,
  reason text,
  at timestamp with time zone not null default clock_timestamp()
);

create table job_progress (
  job_id text not null,
  ticks integer not null default 0,
  fraction real not null default 0,
  stage text,
  eta_at timestamp with time zone
);

create table jobs (
  id text not null,
  workspace_id text not null,
  kind text not null,
  kind_version integer not null,
  file_id text,
  status text not null default 'PENDING'::text,
  version integer not null default 1,
  attempt integer not null default 1,
  max_attempts integer not null,
  rescues integer not null default 0,
  lease_token text,
  lease_owner text,
  input jsonb not null,
  output jsonb,
  error_code text,
  error_sentence text,
  idempotency_key text,
  request_hash text,
  cancel_requested_at timestamp with time zone,
  created_by text,
  created_at timestamp with time zone not null default now(),
  run_at timestamp with time zone not null default now(),
  started_at timestamp with time zone,
  finished_at timestamp with time zone
);

create table members (
  workspace_id text not null,
  user_id text not null,
  role text not null,
  created_at timestamp with time zone not null default now()
);

create table outputs (
  id text not null,
  workspace_id text not null,
  job_id text not null,
  file_id text not null,
  role text not null,
  name text not null,
  media_type text not null,
  size_bytes bigint not null,
  width integer,
  height integer,
  object_key text not null,
  created_at timestamp with time zone not null default now()
);

create table sessions (
  id text not null,
  user_id text not null,
  token text not null,
  expires_at timestamp with time zone not null,
  ip_address text,
  user_agent text,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now()
);

create table uploads (
  id text not null,
  workspace_id text not null,
  file_id text not null,
  user_id text not null,
  status text not null default 'OPEN'::text,
  mode text not null,
  part_size_bytes bigint not null,
  part_count integer not null,
  store_upload_id text,
  parts_bound boolean not null default true,
  sha256 text,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  completing_at timestamp with time zone,
  ended_at timestamp with time zone
);

create table users (
  id text not null,
  name text not null,
  email text not null,
  email_verified boolean not null default false,
  image text,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now()
);

create table valet_keys (
  id text not null,
  workspace_id text not null,
  user_id text not null,
  api_key_id text,
  purpose text not null,
  file_id text not null,
  upload_id text,
  object_key text not null,
  first_part integer,
  key_count integer not null default 1,
  size_bytes bigint not null,
  from_address text,
  issued_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone
);

create table verifications (
  id text not null,
  identifier text not null,
  value text not null,
  expires_at timestamp with time zone not null,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now()
);

create table workers (
  id text not null,
  pool_id text not null,
  host text not null,
  pid integer not null,
  kinds text[] not null,
  started_at timestamp with time zone not null default now(),
  beat_at timestamp with time zone not null default now()
);

create table workspaces (
  id text not null,
  name text not null,
  created_at timestamp with time zone not null default now()
);

alter table accounts add constraint accounts_pkey PRIMARY KEY (id);

alter table accounts add constraint accounts_user_id_users_id_fk FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE;

alter table api_keys add constraint api_keys_hash_unique UNIQUE (hash);

alter table api_keys add constraint api_keys_pkey PRIMARY KEY (id);

alter table api_keys add constraint api_keys_user_id_users_id_fk FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE;

alter table api_keys add constraint api_keys_workspace_id_workspaces_id_fk FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE;

alter table api_keys add constraint api_keys_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'member'::text, 'viewer'::text])));

alter table files add constraint files_object_key_unique UNIQUE (object_key);

alter table files add constraint files_pkey PRIMARY KEY (id);

alter table files add constraint files_owner_id_users_id_fk FOREIGN KEY (owner_id) REFERENCES users(id);

alter table files add constraint files_workspace_id_workspaces_id_fk FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE;

alter table files add constraint files_integrity_check CHECK ((integrity = ANY (ARRAY['sha256'::text, 'sha256-parts'::text, 'size'::text])));

alter table files add constraint files_ready_check CHECK (((status <> 'READY'::text) OR ((ready_at IS NOT NULL) AND (integrity IS NOT NULL))));

alter table files add constraint files_size_check CHECK ((size_bytes >= 0));

alter table files add constraint files_status_check CHECK ((status = ANY (ARRAY['UPLOADING'::text, 'READY'::text, 'REJECTED'::text, 'DELETED'::text])));

alter table files add constraint files_type_check CHECK ((type = ANY (ARRAY['image'::text, 'video'::text, 'audio'::text, 'dataset'::text, 'document'::text, 'archive'::text, 'other'::text])));

alter table job_events add constraint job_events_job_id_version_pk PRIMARY KEY (job_id, version);

alter table job_events add constraint job_events_job_id_jobs_id_fk FOREIGN KEY (job_id) REFERENCES jobs(id) ON DELETE CASCADE;

alter table job_progress add constraint job_progress_pkey PRIMARY KEY (job_id);

alter table job_progress add constraint job_progress_job_id_jobs_id_fk FOREIGN KEY (job_id) REFERENCES jobs(id) ON DELETE CASCADE;

alter table jobs add constraint jobs_pkey PRIMARY KEY (id);

alter table jobs add constraint jobs_file_id_files_id_fk FOREIGN KEY (file_id) REFERENCES files(id) ON DELETE CASCADE;

alter table jobs add constraint jobs_workspace_id_workspaces_id_fk FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE;

alter table jobs add constraint jobs_finished_check CHECK (((status = ANY (ARRAY['COMPLETED'::text, 'FAILED'::text, 'CANCELLED'::text])) = (finished_at IS NOT NULL)));

alter table jobs add constraint jobs_lease_check CHECK ((((status = 'PROCESSING'::text) = (lease_token IS NOT NULL)) AND ((lease_token IS NULL) = (lease_owner IS NULL))));

alter table jobs add constraint jobs_output_check CHECK (((status = 'COMPLETED'::text) = (output IS NOT NULL)));

alter table jobs add constraint jobs_status_check CHECK ((status = ANY (ARRAY['PENDING'::text, 'PROCESSING'::text, 'COMPLETED'::text, 'FAILED'::text, 'CANCELLED'::text])));

alter table members add constraint members_workspace_id_user_id_pk PRIMARY KEY (workspace_id, user_id);

alter table members add constraint members_user_id_users_id_fk FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE;

alter table members add constraint members_workspace_id_workspaces_id_fk FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE;

alter table members add constraint members_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'member'::text, 'viewer'::text])));

alter table outputs add constraint outputs_object_key_unique UNIQUE (object_key);

alter table outputs add constraint outputs_pkey PRIMARY KEY (id);

alter table outputs add constraint outputs_file_id_files_id_fk FOREIGN KEY (file_id) REFERENCES files(id) ON DELETE CASCADE;

alter table outputs add constraint outputs_job_id_jobs_id_fk FOREIGN KEY (job_id) REFERENCES jobs(id) ON DELETE CASCADE;

alter table outputs add constraint outputs_workspace_id_workspaces_id_fk FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE;

alter table sessions add constraint sessions_token_unique UNIQUE (token);

alter table sessions add constraint sessions_pkey PRIMARY KEY (id);

alter table sessions add constraint sessions_user_id_users_id_fk FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE;

alter table uploads add constraint uploads_pkey PRIMARY KEY (id);

alter table uploads add constraint uploads_file_id_files_id_fk FOREIGN KEY (file_id) REFERENCES files(id) ON DELETE CASCADE;

alter table uploads add constraint uploads_user_id_users_id_fk FOREIGN KEY (user_id) REFERENCES users(id);

alter table uploads add constraint uploads_workspace_id_workspaces_id_fk FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE;

alter table uploads add constraint uploads_mode_check CHECK (((mode = 'multipart'::text) OR ((part_count = 1) AND (store_upload_id IS NULL))));

alter table uploads add constraint uploads_status_check CHECK ((status = ANY (ARRAY['OPEN'::text, 'COMPLETING'::text, 'COMPLETED'::text, 'ABORTED'::text, 'REJECTED'::text])));

alter table users add constraint users_email_unique UNIQUE (email);

alter table users add constraint users_pkey PRIMARY KEY (id);

alter table valet_keys add constraint valet_keys_pkey PRIMARY KEY (id);

alter table valet_keys add constraint valet_keys_workspace_id_workspaces_id_fk FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE;

alter table valet_keys add constraint valet_keys_purpose_check CHECK ((purpose = ANY (ARRAY['upload'::text, 'upload-part'::text, 'download'::text, 'preview'::text])));

alter table verifications add constraint verifications_pkey PRIMARY KEY (id);

alter table workers add constraint workers_pkey PRIMARY KEY (id);

alter table workspaces add constraint workspaces_pkey PRIMARY KEY (id);

CREATE INDEX accounts_user_id_idx ON public.accounts USING btree (user_id);

CREATE INDEX api_keys_workspace_id_idx ON public.api_keys USING btree (workspace_id) WHERE (revoked_at IS NULL);

CREATE INDEX files_owner_id_idx ON public.files USING btree (owner_id);

CREATE INDEX files_workspace_id_idx ON public.files USING btree (workspace_id, id DESC NULLS LAST);

CREATE INDEX jobs_active_idx ON public.jobs USING btree (workspace_id, id) WHERE (status = ANY (ARRAY['PENDING'::text, 'PROCESSING'::text]));

CREATE INDEX jobs_file_id_idx ON public.jobs USING btree (file_id, id DESC NULLS LAST);

CREATE INDEX jobs_finished_at_idx ON public.jobs USING btree (workspace_id, finished_at) WHERE (finished_at IS NOT NULL);

CREATE UNIQUE INDEX jobs_idempotency_key_idx ON public.jobs USING btree (workspace_id, idempotency_key) WHERE (idempotency_key IS NOT NULL);

CREATE INDEX jobs_lease_owner_idx ON public.jobs USING btree (lease_owner) WHERE (lease_owner IS NOT NULL);

CREATE INDEX jobs_workspace_id_idx ON public.jobs USING btree (workspace_id, id DESC NULLS LAST);

CREATE INDEX members_user_id_idx ON public.members USING btree (user_id);

CREATE INDEX outputs_file_id_idx ON public.outputs USING btree (file_id, id DESC NULLS LAST);

CREATE INDEX outputs_job_id_idx ON public.outputs USING btree (job_id);

CREATE INDEX sessions_user_id_idx ON public.sessions USING btree (user_id);

CREATE INDEX uploads_file_id_idx ON public.uploads USING btree (file_id);

CREATE INDEX uploads_unended_idx ON public.uploads USING btree (expires_at) WHERE (status = ANY (ARRAY['OPEN'::text, 'COMPLETING'::text]));

CREATE INDEX valet_keys_file_id_idx ON public.valet_keys USING btree (file_id, id DESC NULLS LAST);

CREATE INDEX valet_keys_workspace_id_idx ON public.valet_keys USING btree (workspace_id, id DESC NULLS LAST);

CREATE INDEX verifications_identifier_idx ON public.verifications USING btree (identifier);

CREATE TRIGGER jobs_guard BEFORE UPDATE ON jobs FOR EACH ROW EXECUTE FUNCTION jobs_guard();

CREATE TRIGGER jobs_record AFTER INSERT OR UPDATE ON jobs FOR EACH ROW EXECUTE FUNCTION jobs_record();
