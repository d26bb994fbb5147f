-- Several ways to push at once. A stream is one cursor over all channels: the adapters of a failover share one, each
-- adapter of a mirror has its own. deliveries.adapter names the stream.

create table streams (
    name text collate "C" not null,
    -- Whether the service relays it, as it was last told. Those that ended hold nothing back.
    is_active boolean not null,
    -- What channel_counters.is_pending tells of. Further streams have stream_channels.
    is_first boolean not null,
    changed_at timestamptz not null,
    constraint streams_pkey primary key (name),
    constraint streams_first_active check (is_active or not is_first)
);
insert into streams (name, is_active, is_first, changed_at)
select d.adapter, true, d.adapter = min(d.adapter) over (), now() from (select distinct adapter from deliveries) d;

-- The channels that may have entries which a stream other than the first still needs. Written by whoever records an
-- event, under the lock of the channel's counter, so that a stream that is behind costs the others nothing.
create table stream_channels (
    stream text collate "C" not null,
    channel text collate "C" not null,
    -- Serves kClaimFurtherEntries: the channels of a stream in the order of their names.
    constraint stream_channels_pkey primary key (stream, channel)
);

-- The branch that a channel belongs to; null for one of nothing.
create function branch_of_channel(channel text) returns uuid
language sql stable
return case split_part(channel, ':', 1)
    when 'session' then (select s.branch_id from table_sessions s where s.id = split_part(channel, ':', 2)::uuid)
    when 'table' then (select t.branch_id from tables t where t.id = split_part(channel, ':', 2)::uuid)
    when 'order' then (select o.branch_id from orders o where o.id = split_part(channel, ':', 2)::uuid)
    else (select b.id from branches b where b.id = split_part(channel, ':', 2)::uuid)
end;

alter table deliveries
    -- The adapter that took or refused it.
    add column via text,
    -- Whose it is, where it was not delivered; see branch_of_channel.
    add column branch_id uuid,
    drop constraint deliveries_state_known,
    -- skipped: never handed over, as all before it. resend: was dead, or so, and is to be sent again, behind what followed.
    add constraint deliveries_state_known check (state in ('delivered', 'retry', 'dead', 'skipped', 'resend')),
    drop constraint deliveries_attempts_range,
    add constraint deliveries_attempts_range check (attempts >= 0);
update deliveries d set branch_id = branch_of_channel(d.channel) where d.state in ('retry', 'dead');

-- Serves kClaimEntries and kClaimFurtherEntries: what is to be sent again.
create index deliveries_resend_idx on deliveries (adapter, channel, seq) where state = 'resend';
-- Serves kListDeliveries and kRetryDeadDeliveries: what was not delivered, by branch.
-- Not by state: the claim, which asks for a state, would take it for its own.
create index deliveries_branch_idx on deliveries (branch_id, adapter, channel, seq) where branch_id is not null;
