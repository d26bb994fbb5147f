-- An application can be switched off without losing its credentials, and has limits of its own for what one connection
-- of it may do.

alter table apps
    add column is_disabled boolean not null default false,
    -- Null, here and below: as the settings say.
    add column subscriptions_max integer,
    add column messages_per_second_max integer,
    add column client_events_per_second_max integer,
    add constraint apps_subscriptions_range check (subscriptions_max >= 1),
    add constraint apps_messages_range check (messages_per_second_max >= 1),
    add constraint apps_client_events_range check (client_events_per_second_max >= 1);
