-- What a kitchen reads while it works: its open tickets, and how many there are, however many were closed before.

-- Serves kListTickets, kReadBoard, kSumOpenQuantities, kCountOpenTickets and kCountKitchen: a branch's tickets in one
-- status. Lines of a ticket are found by the order's (order_items_position_key).
create index tickets_branch_status_idx on tickets (branch_id, status, id);
-- Serves kListStationTickets: those of one station, which may have few among a branch's many.
create index tickets_station_status_idx on tickets (station_id, status, id);

-- The counts that a branch's kitchen was told last.
create table kitchen_stats (
    branch_id uuid not null,
    pending integer not null,
    preparing integer not null,
    ready integer not null,
    -- The position of the kitchen's channel up to which everything is counted, this publication included.
    kitchen_seq bigint not null,
    published_at timestamptz not null,
    constraint kitchen_stats_pkey primary key (branch_id),
    constraint kitchen_stats_branch_fkey foreign key (branch_id) references branches (id)
);
