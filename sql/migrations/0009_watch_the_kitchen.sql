-- Orders that wait in a kitchen where nobody seems to be: raised once per cause, cleared when the cause is gone.
create table unattended_alarms (
    id uuid not null,
    order_id uuid not null,
    branch_id uuid not null,
    -- no_display: no display of the kitchen was online. unacknowledged: nobody took it within the branch's limit.
    cause text not null,
    raised_at timestamptz not null,
    cleared_at timestamptz,
    constraint unattended_alarms_pkey primary key (id),
    constraint unattended_alarms_order_fkey foreign key (order_id) references orders (id),
    constraint unattended_alarms_branch_fkey foreign key (branch_id) references branches (id),
    constraint unattended_alarms_cause_known check (cause in ('no_display', 'unacknowledged'))
);
-- Serves kRaiseAlarm, kClearAlarms and kListWaitingOrders: one open alarm per order and cause.
create unique index unattended_alarms_open_key on unattended_alarms (order_id, cause) where cleared_at is null;
