-- What removing old rows needs, so that no batch of it reads a whole table.

-- Serves kPurgeEvents: the entries of an event; and outbox_event_fkey, which looks for them when an event is removed.
create index outbox_event_idx on outbox (event_id);

-- Serves kPurgeIdempotencyKeys: the oldest keys.
create index idempotency_keys_created_idx on idempotency_keys (created_at);
