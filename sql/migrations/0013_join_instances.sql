-- Several instances of the service on one database: what one of them broadcasts reaches the sockets of all, in one
-- order, through a log that each of them reads.

-- The end of the log. Whoever appends holds this row until its commit, so that the order of the ids is the order of the
-- commits, without gaps: a reader that saw 7 and then 9 knows that it missed something.
create table hub_log (
    is_only boolean not null default true,
    last_id bigint not null,
    constraint hub_log_pkey primary key (is_only),
    constraint hub_log_only check (is_only)
) with (fillfactor = 10);
insert into hub_log (last_id) values (0);

-- Messages, many to a row: what one instance had to say at one time. Short-lived.
create table hub_batches (
    id bigint not null,
    -- The instance.
    origin uuid not null,
    created_at timestamptz not null,
    -- One message a line. Opaque here.
    body text not null,
    constraint hub_batches_pkey primary key (id)
);
-- Compressing costs more than it saves.
alter table hub_batches alter column body set storage external;
-- Serves kPurgeBatches, and kFindLogPosition: what is older than a time.
create index hub_batches_created_idx on hub_batches (created_at);

-- The last message of each cache channel, for instances that start.
create table hub_kept_messages (
    name text collate "C" not null,
    batch_id bigint not null,
    body text not null,
    kept_at timestamptz not null,
    constraint hub_kept_messages_pkey primary key (name)
);
-- Serves kPurgeKeptMessages.
create index hub_kept_messages_kept_idx on hub_kept_messages (kept_at);

-- Who is at work here.
create table instances (
    id uuid not null,
    -- Whether it takes part in the log.
    is_sharing boolean not null,
    started_at timestamptz not null,
    seen_at timestamptz not null,
    constraint instances_pkey primary key (id)
);
