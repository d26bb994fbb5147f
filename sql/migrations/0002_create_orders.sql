-- What guests do: sit down, order, pay. Orders copy names and prices of the moment, so a later change of the menu never
-- changes a bill.

create table table_sessions (
    id uuid not null,
    restaurant_id uuid not null,
    branch_id uuid not null,
    table_id uuid not null,
    opened_at timestamptz not null,
    closed_at timestamptz,
    constraint table_sessions_pkey primary key (id),
    constraint table_sessions_table_fkey
        foreign key (table_id, branch_id) references tables (id, branch_id),
    constraint table_sessions_branch_fkey
        foreign key (branch_id, restaurant_id) references branches (id, restaurant_id),
    -- Target of orders_session_fkey: one check proves that an order's four owners belong together.
    constraint table_sessions_owners_key unique (id, table_id, branch_id, restaurant_id)
);
-- Serves kOpenOrJoin and kFindTable: one open session per table.
create unique index table_sessions_open_key on table_sessions (table_id) where closed_at is null;

create table session_guests (
    -- SHA-256 hex of the guest's token. Serves kFindGuest.
    token_hash text not null,
    session_id uuid not null,
    device_id text not null,
    name text,
    joined_at timestamptz not null,
    constraint session_guests_pkey primary key (token_hash),
    constraint session_guests_session_fkey foreign key (session_id) references table_sessions (id)
);

-- One row per branch and business day, updated by each order: room on the page keeps the update in place (HOT).
create table order_numbers (
    branch_id uuid not null,
    business_day date not null,
    last_number integer not null,
    constraint order_numbers_pkey primary key (branch_id, business_day),
    constraint order_numbers_branch_fkey foreign key (branch_id) references branches (id)
) with (fillfactor = 50);

create table orders (
    id uuid not null,
    restaurant_id uuid not null,
    branch_id uuid not null,
    table_id uuid not null,
    session_id uuid not null,
    business_day date not null,
    number integer not null,
    table_number text not null,
    area_name text not null,
    customer_name text,
    status text not null,
    note text,
    currency char(3) not null,
    total_minor bigint not null,
    final_minor bigint not null,
    version bigint not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    confirmed_at timestamptz,
    constraint orders_pkey primary key (id),
    constraint orders_session_fkey
        foreign key (session_id, table_id, branch_id, restaurant_id)
        references table_sessions (id, table_id, branch_id, restaurant_id),
    constraint orders_number_key unique (branch_id, business_day, number),
    constraint orders_status_known check (
        status in ('pending', 'confirmed', 'preparing', 'ready', 'served', 'completed', 'cancelled')
    ),
    constraint orders_amounts_range check (total_minor >= 0 and final_minor >= 0)
);
-- Serve kListBranchOrders, kListBranchOrdersInStatus and kListSessionOrders: a branch's orders, those in one status, and those of a session.
create index orders_branch_idx on orders (branch_id, id);
create index orders_branch_status_idx on orders (branch_id, status, id);
create index orders_session_idx on orders (session_id, id);

create table tickets (
    id uuid not null,
    order_id uuid not null,
    branch_id uuid not null,
    -- None: what no station makes.
    station_id uuid,
    status text not null,
    priority text not null default 'normal',
    is_held boolean not null default false,
    chef_id uuid,
    version bigint not null default 1,
    created_at timestamptz not null,
    acknowledged_at timestamptz,
    started_at timestamptz,
    ready_at timestamptz,
    completed_at timestamptz,
    constraint tickets_pkey primary key (id),
    constraint tickets_order_fkey foreign key (order_id) references orders (id),
    constraint tickets_station_fkey
        foreign key (station_id, branch_id) references stations (id, branch_id),
    constraint tickets_chef_fkey foreign key (chef_id) references staff (id),
    constraint tickets_status_known check (
        status in ('pending', 'acknowledged', 'preparing', 'ready', 'completed', 'cancelled')
    ),
    constraint tickets_priority_known check (priority in ('normal', 'express', 'vip'))
);
-- Serves kChangeOrderStatus: the tickets of an order.
create index tickets_order_idx on tickets (order_id);

create table order_items (
    id uuid not null,
    order_id uuid not null,
    -- Line of the order, from 1.
    position integer not null,
    menu_item_id uuid not null,
    station_id uuid,
    ticket_id uuid,
    name text not null,
    quantity integer not null,
    unit_price_minor bigint not null,
    note text,
    status text not null,
    constraint order_items_pkey primary key (id),
    constraint order_items_order_fkey foreign key (order_id) references orders (id),
    constraint order_items_menu_item_fkey foreign key (menu_item_id) references menu_items (id),
    constraint order_items_ticket_fkey foreign key (ticket_id) references tickets (id),
    -- Serves kFindOrder and every other statement that returns an order: its lines.
    constraint order_items_position_key unique (order_id, position),
    constraint order_items_quantity_range check (quantity between 1 and 999),
    constraint order_items_price_range check (unit_price_minor >= 0),
    constraint order_items_status_known check (
        status in ('pending', 'preparing', 'ready', 'served', 'cancelled')
    )
);

create table payments (
    id uuid not null,
    session_id uuid not null,
    amount_minor bigint not null,
    currency char(3) not null,
    method text not null,
    order_ids uuid[] not null,
    paid_at timestamptz not null,
    constraint payments_pkey primary key (id),
    constraint payments_session_fkey foreign key (session_id) references table_sessions (id),
    constraint payments_amount_range check (amount_minor >= 0),
    constraint payments_method_known check (method in ('cash', 'card', 'online', 'other'))
);

-- Written in the transaction of what the key guards; a second request under a live key fails on the primary key, and
-- with it everything it would have written.
create table idempotency_keys (
    restaurant_id uuid not null,
    key text not null,
    request_hash text not null,
    status integer not null,
    body text not null,
    created_at timestamptz not null,
    constraint idempotency_keys_pkey primary key (restaurant_id, key)
);
