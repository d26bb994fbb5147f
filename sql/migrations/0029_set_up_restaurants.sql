-- Restaurants are created, disabled and enabled by the operator, and looked after by their own people.
-- oldest-binary: 0020

alter table restaurants
    -- Since when nobody proves anything there: neither its people, its keys nor its guests.
    add column disabled_at timestamptz,
    -- Counts changes, as the two below: who changes an older version is refused.
    add column version bigint not null default 1;
alter table branches add column version bigint not null default 1;

alter table staff
    -- The password was given by somebody else: a log-in with it is good for choosing another one, and no more.
    add column must_change_password boolean not null default false;

-- An address may belong to people of several restaurants. Nobody is told of another restaurant's.
drop index staff_email_key;
create unique index staff_email_key on staff (restaurant_id, lower(email));
-- Serves kFindStaffByEmail.
create index staff_email_idx on staff (lower(email));
