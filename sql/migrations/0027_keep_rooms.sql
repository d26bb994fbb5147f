-- The rooms of Socket.IO clients, for those whose connection is lost: any instance brings them back.
-- oldest-binary: 0020

create table kept_rooms (
    -- The SHA-256 of the id that only the client knows.
    key text collate "C" not null,
    -- Sealed under that id: whoever reads the table reads no credential.
    kept text not null,
    expires_at timestamptz not null,
    constraint kept_rooms_pkey primary key (key)
) with (fillfactor = 80);
-- Serves kPurgeKeptRooms.
create index kept_rooms_expires_idx on kept_rooms (expires_at);
