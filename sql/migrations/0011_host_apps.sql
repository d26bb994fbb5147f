-- Applications of the built-in server beside the one that the settings name: as Pusher has them, each with its own
-- credentials and channels.

create table apps (
    -- A number, because some SDKs parse it as one.
    id text collate "C" not null,
    key text collate "C" not null,
    -- Signatures are made with it, so it cannot be a hash; SecretBox::seal().
    sealed_secret text not null,
    -- Null: as many as the server takes.
    connections_max integer,
    event_bytes_max integer not null,
    has_client_events boolean not null,
    has_subscription_count boolean not null,
    webhook_urls text[] not null,
    created_at timestamptz not null,
    constraint apps_pkey primary key (id),
    constraint apps_key_unique unique (key),
    constraint apps_id_form check (id ~ '^[0-9]{1,18}$'),
    constraint apps_key_form check (key ~ '^[A-Za-z0-9_-]{1,64}$'),
    constraint apps_connections_range check (connections_max >= 1),
    constraint apps_event_bytes_range check (event_bytes_max >= 1),
    constraint apps_webhook_urls_count check (cardinality(webhook_urls) <= 10)
);
