-- A rolling upgrade: which binaries can live with a migration that they do not know.
-- oldest-binary: 0020

alter table schema_migrations
    -- The schema version of the oldest binary that can live with this migration; null: only those that know it.
    add column oldest_binary integer,
    add constraint schema_migrations_oldest_binary_range check (oldest_binary between 0 and version);
