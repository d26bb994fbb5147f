-- Who is online, as providers' webhooks or the built-in server tell it, and which webhooks were taken in.

create table presence_members (
    channel text collate "C" not null,
    member_id text not null,
    -- Who told us: an adapter's name.
    source text not null,
    member json not null,
    joined_at timestamptz not null,
    seen_at timestamptz not null,
    constraint presence_members_pkey primary key (channel, source, member_id)
);

-- Webhooks are stored before they are answered, and processed in the order in which they came. A provider may send one
-- twice: the digest of its body tells.
create table webhook_receipts (
    id bigint not null generated always as identity,
    provider text not null,
    -- SHA-256 hex of the raw body.
    digest text not null,
    body bytea not null,
    received_at timestamptz not null,
    processed_at timestamptz,
    constraint webhook_receipts_pkey primary key (id),
    constraint webhook_receipts_digest_key unique (provider, digest)
);
