-- One model of who is connected, whichever provider tells: a member stands once per connection, keeps the provider's time
-- of its last change, and stays for a while after it left, so that news that come late are known to be old. Nothing was
-- ever written to this table before.
delete from presence_members;
alter table presence_members
    -- The provider's id of the connection; of the built-in server's members the process that holds them; else ''.
    add column connection text collate "C" not null,
    add column connections integer not null,
    -- By the provider's clock; joined_at too.
    add column changed_at timestamptz not null,
    -- By ours, as seen_at: when it was last heard of.
    add column left_at timestamptz,
    drop constraint presence_members_pkey,
    add constraint presence_members_pkey primary key (channel, source, member_id, connection),
    add constraint presence_members_connections_check check (connections > 0);
-- For kFinishPresenceRound and kPurgePresence.
create index presence_members_heard_idx on presence_members (source, seen_at);

-- What is known of a channel at one provider.
create table presence_channels (
    channel text collate "C" not null,
    source text not null,
    is_occupied boolean not null,
    -- By the provider's clock: the last change of is_occupied, and the last of anything.
    changed_at timestamptz not null,
    active_at timestamptz not null,
    -- By ours.
    confirmed_at timestamptz not null,
    constraint presence_channels_pkey primary key (channel, source)
);

-- When a source last listed all of its channels: what is not among them was confirmed to be empty. The built-in server's
-- processes list their own, each for itself.
create table presence_sources (
    source text not null,
    instance text not null,
    confirmed_at timestamptz not null,
    constraint presence_sources_pkey primary key (source, instance)
);

-- Why a receipt could not be processed.
alter table webhook_receipts add column failure text;
-- For kListPendingReceipts, and for kPurgeReceipts.
create index webhook_receipts_pending_idx on webhook_receipts (id) where processed_at is null;
create index webhook_receipts_received_idx on webhook_receipts (received_at) where processed_at is not null;
