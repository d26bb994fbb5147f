-- What happened, and what of it still has to be handed to an adapter. Written by the transaction of the change itself.

create table events (
    id uuid not null,
    name text not null,
    -- json keeps the text as it was written; jsonb would reorder it.
    payload json not null,
    occurred_at timestamptz not null,
    constraint events_pkey primary key (id)
);

-- The last position of each channel. A writer locks the rows of its channels in name order and holds them to its commit:
-- that makes seq order commit order and leaves no gap after a rollback. Names compare as bytes, fast and alike everywhere.
-- Room on the page keeps the updates in place (HOT) while is_pending stays as it is.
create table channel_counters (
    channel text collate "C" not null,
    seq bigint not null,
    -- The channel may have entries that some adapter still needs. Never false while it has; true too long is harmless.
    is_pending boolean not null,
    constraint channel_counters_pkey primary key (channel),
    constraint channel_counters_seq_range check (seq >= 1)
) with (fillfactor = 70);
-- Serves kClaimEntries: pending channels in the order of their names.
create index channel_counters_pending_idx on channel_counters (channel) where is_pending;

create table outbox (
    channel text collate "C" not null,
    seq bigint not null,
    event_id uuid not null,
    -- Serves kClaimEntries and catching up: a channel's entries in order.
    constraint outbox_pkey primary key (channel, seq),
    constraint outbox_event_fkey foreign key (event_id) references events (id)
);

-- What became of an entry at an adapter. No foreign key to the outbox: only entries that were claimed from it are
-- settled, and the check would lock each outbox row once more.
create table deliveries (
    adapter text collate "C" not null,
    channel text collate "C" not null,
    seq bigint not null,
    state text not null,
    attempts integer not null,
    not_before timestamptz,
    -- The provider's answer, for people.
    reason text,
    updated_at timestamptz not null,
    -- Serves kClaimEntries: the last settled entry of a channel, read backwards.
    constraint deliveries_pkey primary key (adapter, channel, seq),
    constraint deliveries_state_known check (state in ('delivered', 'retry', 'dead')),
    constraint deliveries_attempts_range check (attempts >= 1)
);
