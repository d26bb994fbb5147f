-- Log-ins of people can be ended at once, and paying ends no table session while something is still to be served.
-- oldest-binary: 0020

alter table staff
    -- Raised when the person's log-ins are ended; a token carries the version that it was issued under.
    add column token_version integer not null default 0,
    add column tokens_ended_at timestamptz;
-- Serves kListEndedLogins.
create index staff_tokens_ended_idx on staff (tokens_ended_at) where tokens_ended_at is not null;

alter table branches
    -- When a table session closes by itself. served: some time after its bill was settled and all of it was served;
    -- settled: with the payment that settles the bill; manual: never.
    add column close_sessions text not null default 'served',
    add constraint branches_close_sessions_known check (close_sessions in ('served', 'settled', 'manual'));
-- Serves kReadFloor: sessions that were closed lately.
create index table_sessions_closed_idx on table_sessions (branch_id, closed_at) where closed_at is not null;
