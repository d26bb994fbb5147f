-- The tenant and what it is made of: sites, tables, menus, people, keys. Everything else hangs from these rows.
-- Foreign keys carry the branch or restaurant along, so that no row can mix two tenants.

-- Instants leave the database as Unix milliseconds; a plain expression, inlined by the planner.
create function unix_ms(at timestamptz) returns bigint
    language sql stable parallel safe
    return (extract(epoch from at) * 1000)::bigint;

create table restaurants (
    id uuid not null,
    name text not null,
    currency char(3) not null,
    created_at timestamptz not null,
    constraint restaurants_pkey primary key (id),
    constraint restaurants_currency_form check (currency ~ '^[A-Z]{3}$')
);

create table branches (
    id uuid not null,
    restaurant_id uuid not null,
    name text not null,
    tax_rate_bp integer not null default 0,
    -- IANA name; decides when the branch's business day turns and its order numbers start again.
    time_zone text not null default 'UTC',
    -- How long an order may stay unacknowledged before the waiters are alarmed.
    unattended_after_seconds integer not null default 120,
    created_at timestamptz not null,
    constraint branches_pkey primary key (id),
    constraint branches_restaurant_fkey foreign key (restaurant_id) references restaurants (id),
    -- Target of the keys that carry the restaurant along.
    constraint branches_id_restaurant_key unique (id, restaurant_id),
    constraint branches_tax_rate_range check (tax_rate_bp between 0 and 10000),
    -- Fails with "time zone not recognized" for a name that PostgreSQL does not know.
    constraint branches_time_zone_known check (timestamptz 'epoch' at time zone time_zone is not null),
    constraint branches_unattended_range check (unattended_after_seconds between 1 and 86400)
);

create table areas (
    id uuid not null,
    branch_id uuid not null,
    name text not null,
    constraint areas_pkey primary key (id),
    constraint areas_branch_fkey foreign key (branch_id) references branches (id),
    constraint areas_id_branch_key unique (id, branch_id),
    constraint areas_name_key unique (branch_id, name)
);

create table tables (
    id uuid not null,
    branch_id uuid not null,
    area_id uuid not null,
    number text not null,
    -- What the QR code on the table carries; shown to staff, so kept readable.
    qr_token text not null,
    state text not null default 'free',
    constraint tables_pkey primary key (id),
    constraint tables_area_fkey foreign key (area_id, branch_id) references areas (id, branch_id),
    constraint tables_id_branch_key unique (id, branch_id),
    constraint tables_number_key unique (branch_id, number),
    -- Serves kFindTableByQr.
    constraint tables_qr_token_key unique (qr_token),
    constraint tables_state_known check (state in ('free', 'occupied', 'needs_cleaning'))
);

create table stations (
    id uuid not null,
    branch_id uuid not null,
    name text not null,
    constraint stations_pkey primary key (id),
    constraint stations_branch_fkey foreign key (branch_id) references branches (id),
    constraint stations_id_branch_key unique (id, branch_id),
    constraint stations_name_key unique (branch_id, name)
);

create table menu_items (
    id uuid not null,
    branch_id uuid not null,
    station_id uuid,
    name text not null,
    price_minor bigint not null,
    is_available boolean not null default true,
    constraint menu_items_pkey primary key (id),
    constraint menu_items_branch_fkey foreign key (branch_id) references branches (id),
    constraint menu_items_station_fkey
        foreign key (station_id, branch_id) references stations (id, branch_id),
    constraint menu_items_price_range check (price_minor >= 0)
);
-- Serves kListMenu.
create index menu_items_branch_idx on menu_items (branch_id);

create table staff (
    id uuid not null,
    restaurant_id uuid not null,
    branch_id uuid not null,
    station_id uuid,
    name text not null,
    email text not null,
    role text not null,
    -- Argon2id, encoded.
    password_hash text not null,
    is_active boolean not null default true,
    created_at timestamptz not null,
    constraint staff_pkey primary key (id),
    constraint staff_branch_fkey
        foreign key (branch_id, restaurant_id) references branches (id, restaurant_id),
    constraint staff_station_fkey
        foreign key (station_id, branch_id) references stations (id, branch_id),
    constraint staff_role_known check (role in ('KITCHEN', 'WAITER', 'MANAGER', 'ADMIN'))
);
-- Serves kFindStaffByEmail, and makes addresses unique in any case.
create unique index staff_email_key on staff (lower(email));

create table api_keys (
    id uuid not null,
    restaurant_id uuid not null,
    name text not null,
    -- SHA-256 hex; the key itself is shown once and never kept.
    key_hash text not null,
    created_at timestamptz not null,
    revoked_at timestamptz,
    constraint api_keys_pkey primary key (id),
    constraint api_keys_restaurant_fkey foreign key (restaurant_id) references restaurants (id),
    -- Serves kFindApiClient.
    constraint api_keys_key_hash_key unique (key_hash)
);
