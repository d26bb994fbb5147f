-- What was done with settings, rights, keys, prices and tables, by whom. Rows are only added.
-- oldest-binary: 0020

create table audit_entries (
    id uuid not null,
    restaurant_id uuid not null,
    -- Null: about the restaurant as a whole.
    branch_id uuid,
    -- Of the branch; without one the day in UTC.
    business_day date not null,
    occurred_at timestamptz not null,
    -- staff, api_key, guest, operator, service
    actor_kind text not null,
    actor_id uuid,
    actor_name text not null,
    -- "staff:created": what was done, as events are named.
    action text not null,
    subject_kind text not null,
    subject_id uuid not null,
    -- JSON objects: what was, and what is.
    before jsonb,
    after jsonb,
    request_id text not null,
    constraint audit_entries_pkey primary key (id),
    constraint audit_entries_actor_known check (actor_kind in ('staff', 'api_key', 'guest', 'operator', 'service'))
);
-- Serves kListAudit.
create index audit_entries_restaurant_idx on audit_entries (restaurant_id, id);

create function refuse_audit_change() returns trigger
language plpgsql
as $$
begin
    raise exception 'entries of the audit trail are not changed' using errcode = 'insufficient_privilege';
end
$$;
-- Also for whoever owns the table, as the service's own role may.
create trigger audit_entries_only_added
    before update or delete or truncate on audit_entries
    for each statement execute function refuse_audit_change();
