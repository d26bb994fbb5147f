-- What staff do besides orders: take payments, hand out API keys.

-- A payment that settles the bill closes its session; the answer says so for good.
alter table payments add column has_closed_session boolean not null default false;
alter table payments alter column has_closed_session drop default;
alter table payments drop constraint payments_amount_range;
alter table payments add constraint payments_amount_range check (amount_minor >= 1);

-- Serves kListPayments and the bill in kRecordPayment.
create index payments_session_idx on payments (session_id, id);
-- Serves kListApiKeys.
create index api_keys_restaurant_idx on api_keys (restaurant_id, id);
