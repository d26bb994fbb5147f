-- What became of an order on its way to a screen: when its events were written, how each was handed over, which device
-- got and saw them.

-- When the change was written, by the database's clock; null for those from before. What reached a device is measured from here.
alter table events add column written_at timestamptz;
alter table events alter column written_at set default clock_timestamp();

-- The attempts before the one that the row tells of, oldest first: [{"attempt", "via", "state", "reason", "at"}]. Null where
-- there were none, so that what is delivered at once costs nothing.
alter table deliveries add column history jsonb;

-- `history` with one attempt more. The first and the last 19 are kept.
create function with_attempt(history jsonb, attempt integer, via text, state text, reason text, at timestamptz)
returns jsonb
language sql immutable
return case when jsonb_array_length(coalesce(history, '[]')) >= 20 then history - 1 else coalesce(history, '[]') end
    || jsonb_build_object(
        'attempt', attempt, 'via', via, 'state', state, 'reason', reason,
        'at', floor(extract(epoch from at) * 1000)::bigint
    );

create table receipts (
    event_id uuid not null,
    -- As the device names itself.
    device_id text not null,
    -- None: a guest's device.
    staff_id uuid,
    -- Whether it is a kitchen's: the event stood on its channel, and the reporter may hear that.
    is_kitchen boolean not null,
    received_at timestamptz not null,
    seen_at timestamptz,
    -- Serves kRecordReceipts and kTraceOrder, and receipts_event_fkey.
    constraint receipts_pkey primary key (event_id, device_id),
    -- Goes with its event.
    constraint receipts_event_fkey foreign key (event_id) references events (id) on delete cascade,
    constraint receipts_staff_fkey foreign key (staff_id) references staff (id)
);
