-- The logs of this database have an epoch. `seq` counts within it: after a restore to an earlier point, and in a copy,
-- the same positions come again with other events.

-- The timeline that the server writes on: another one after a failover or a restore to a point in time. Null where it
-- does not say: on a standby, and at hosts that refuse the functions.
create function wal_timeline() returns integer
language plpgsql volatile
as $$
begin
    return ('x' || substr(pg_walfile_name(pg_current_wal_flush_lsn()), 1, 8))::bit(32)::integer;
exception when others then
    return null;
end
$$;

-- How far the server's log of writes is on its disk, in bytes. Null as above.
create function wal_flushed() returns bigint
language plpgsql volatile
as $$
begin
    return pg_current_wal_flush_lsn() - '0/0'::pg_lsn;
exception when others then
    return null;
end
$$;

create table log_epoch (
    is_only boolean not null default true,
    epoch uuid not null,
    begun_at timestamptz not null,
    -- Why it began: created, loaded, copied, timeline, rewound, asked.
    cause text not null,
    -- What was written before this was given up when the epoch began: it is not sent, and nobody is alarmed about it.
    -- Null: everything is still to be sent.
    dropped_before timestamptz,
    -- Where and by whom the row was written. A row that a dump brought has another transaction and stands in another
    -- table; one in a copied database names another database.
    written_by xid not null,
    table_oid oid not null,
    database_oid oid not null,
    -- Null where the server does not say.
    timeline integer,
    constraint log_epoch_pkey primary key (is_only),
    constraint log_epoch_only check (is_only)
);
insert into log_epoch (epoch, begun_at, cause, written_by, table_oid, database_oid, timeline)
select gen_random_uuid(), now(), 'created', pg_current_xact_id()::xid, 'log_epoch'::regclass, d.oid, wal_timeline()
from pg_database d where d.datname = current_database();

alter table outgoing_webhooks
    drop constraint outgoing_webhooks_state_known,
    -- dropped: waited when an epoch began whose past is not sent.
    add constraint outgoing_webhooks_state_known check (state in ('pending', 'delivered', 'expired', 'dropped'));
