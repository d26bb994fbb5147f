-- Orders that no display of their kitchen has shown to anybody: they are pushed again, the waiters are told, then the
-- restaurant's own webhook.

alter table branches
    -- How long an order may stay so.
    add column unseen_after_seconds integer not null default 30,
    add constraint branches_unseen_range check (unseen_after_seconds between 1 and 86400);

-- When a display of the kitchen last told that something was seen on it, to the minute: where none ever does, its silence
-- about an order means nothing.
create table kitchen_sightings (
    branch_id uuid not null,
    seen_at timestamptz not null,
    constraint kitchen_sightings_pkey primary key (branch_id),
    constraint kitchen_sightings_branch_fkey foreign key (branch_id) references branches (id)
);

-- Since when the oldest of the order's tickets waits that nobody took and no display of the kitchen has shown; null if
-- there is none. A display that was seen with something of the order since then showed the ticket too.
create function unseen_since(given_order uuid) returns timestamptz
language sql stable
return (
    select min(t.created_at)
    from tickets t
    where t.order_id = given_order and t.status = 'pending' and not t.is_held
        and not exists (
            select 1
            from outbox o
            join events e on e.id = o.event_id
            join receipts r on r.event_id = e.id
            where o.channel = ('order:' || given_order::text) collate "C"
                and e.occurred_at >= t.created_at and r.is_kitchen and r.seen_at is not null
        )
);

alter table unattended_alarms
    -- What was done about it.
    add column step text not null default 'waiters',
    add constraint unattended_alarms_step_known check (step in ('push_again', 'waiters', 'webhook')),
    drop constraint unattended_alarms_cause_known,
    -- unseen: no display of the kitchen has shown it within the branch's limit for that.
    add constraint unattended_alarms_cause_known check (cause in ('no_display', 'unacknowledged', 'unseen'));
alter table unattended_alarms alter column step drop default;
-- Serves kRaiseAlarm, kClearAlarms and kListWaitingOrders: one open alarm per order, cause and step.
drop index unattended_alarms_open_key;
create unique index unattended_alarms_open_key on unattended_alarms (order_id, cause, step) where cleared_at is null;
-- Serves kTraceOrder.
create index unattended_alarms_order_idx on unattended_alarms (order_id);

alter table webhook_endpoints
    -- Null: of an application of the built-in server, whose settings have its secret.
    add column restaurant_id uuid,
    -- SecretBox::seal(). Null once it is removed.
    add column sealed_secret text,
    add constraint webhook_endpoints_restaurant_fkey foreign key (restaurant_id) references restaurants (id),
    -- Serves kPutRestaurantWebhook and kRaiseAlarm.
    add constraint webhook_endpoints_restaurant_unique unique (restaurant_id),
    add constraint webhook_endpoints_secret_kept check (restaurant_id is null or not is_active or sealed_secret is not null);
