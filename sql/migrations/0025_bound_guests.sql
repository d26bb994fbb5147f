-- What guests may have ordered that is not served yet, per session; 0: there is no bound. `guest_orders` counts what the
-- guests of a session ordered, so that of two orders at once the second sees the first (see storage/orders).
-- oldest-binary: 0020

alter table branches
    add column guest_unserved_orders_max integer not null default 20
        check (guest_unserved_orders_max between 0 and 1000000);
alter table table_sessions add column guest_orders bigint not null default 0;

-- Who brought a ticket back last, and when: two who press it at once mean the same step.
alter table tickets add column recalled_at timestamptz, add column recalled_by text;
