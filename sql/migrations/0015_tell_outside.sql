-- Webhooks of the built-in server: what happened on its channels, stored before anybody is told, the places that are
-- told, and what each of them answered.

-- Who stores what happens; a seat of an instance that is no longer seen is nobody's.
create table webhook_instances (
    id uuid not null,
    seen_at timestamptz not null,
    constraint webhook_instances_pkey primary key (id)
);

-- Where somebody listens, by instance: the first one there and the last one gone are told, whatever instance they use.
create table webhook_seats (
    app_id text collate "C" not null,
    channel text collate "C" not null,
    -- A member of a presence channel; empty: the channel itself has subscribers.
    user_id text collate "C" not null,
    instance_id uuid not null,
    constraint webhook_seats_pkey primary key (app_id, channel, user_id, instance_id)
);
-- Serves kSweepWebhookSeats.
create index webhook_seats_instance_idx on webhook_seats (instance_id);

-- The sequence of each channel. A row begins at the time it was made, in Unix milliseconds, so that a channel that was
-- forgotten never goes back.
create table webhook_channels (
    app_id text collate "C" not null,
    channel text collate "C" not null,
    last_sequence bigint not null,
    used_at timestamptz not null,
    constraint webhook_channels_pkey primary key (app_id, channel)
);
-- Serves kPurgeWebhookChannels.
create index webhook_channels_used_idx on webhook_channels (used_at);

-- Whoever stores holds a lock until the commit: positions are in the order of the commits.
create table webhook_events (
    position bigint generated always as identity,
    id uuid not null,
    app_id text collate "C" not null,
    channel text collate "C" not null,
    sequence bigint not null,
    name text not null,
    user_id text,
    -- Of client events.
    event text,
    data text,
    socket_id text,
    -- Of subscription counts.
    subscribers bigint,
    occurred_at timestamptz not null,
    stored_at timestamptz not null,
    -- Serves kReadWebhookEvents and kPurgeWebhookEvents.
    constraint webhook_events_pkey primary key (app_id, position)
);

create table webhook_endpoints (
    id uuid not null,
    app_id text collate "C" not null,
    -- As configured: the address, and behind '#' what it wants to be told.
    target text not null,
    -- Whether it is configured now.
    is_active boolean not null,
    -- Null: it is told. Why not, and since when.
    disabled_reason text,
    disabled_at timestamptz,
    -- Attempts that failed since the last one that did not.
    failures integer not null default 0,
    failing_since timestamptz,
    last_success_at timestamptz,
    not_before timestamptz,
    -- The last event that is in a webhook of this endpoint, or that it does not want.
    position bigint not null,
    -- One instance at a time sends to it.
    lease_owner uuid,
    leased_until timestamptz,
    created_at timestamptz not null,
    constraint webhook_endpoints_pkey primary key (id),
    constraint webhook_endpoints_target_unique unique (app_id, target)
);

create table outgoing_webhooks (
    id uuid not null,
    -- The order in which an endpoint is told.
    number bigint generated always as identity,
    endpoint_id uuid not null,
    -- These very bytes are sent, however often.
    body text not null,
    event_count integer not null,
    state text not null,
    attempts integer not null default 0,
    -- Others need not wait for it.
    is_late boolean not null default false,
    not_before timestamptz,
    created_at timestamptz not null,
    -- Given up then.
    expires_at timestamptz not null,
    settled_at timestamptz,
    constraint outgoing_webhooks_pkey primary key (id),
    constraint outgoing_webhooks_endpoint_fkey foreign key (endpoint_id) references webhook_endpoints (id),
    constraint outgoing_webhooks_state_known check (state in ('pending', 'delivered', 'expired'))
);
-- Serves kListPendingWebhooks and kClaimWebhookEndpoint.
create index outgoing_webhooks_pending_idx on outgoing_webhooks (endpoint_id, number) where state = 'pending';
-- Serves kPurgeOutgoingWebhooks, and outgoing_webhooks_endpoint_fkey.
create index outgoing_webhooks_created_idx on outgoing_webhooks (endpoint_id, created_at);

create table webhook_attempts (
    webhook_id uuid not null,
    attempt integer not null,
    at timestamptz not null,
    duration_ms bigint not null,
    -- Null: there was no answer.
    status integer,
    reason text not null,
    -- The beginning of the answer's body.
    answer text not null,
    constraint webhook_attempts_pkey primary key (webhook_id, attempt),
    -- Goes with its webhook.
    constraint webhook_attempts_webhook_fkey foreign key (webhook_id) references outgoing_webhooks (id) on delete cascade
);
