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

-- A provider may send a webhook twice: the digest of its body tells.
create table webhook_receipts (
    provider text not null,
    digest text not null,
    received_at timestamptz not null,
    constraint webhook_receipts_pkey primary key (provider, digest)
);
