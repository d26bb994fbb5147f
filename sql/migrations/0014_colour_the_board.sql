-- When a kitchen's display shows that a ticket is getting old: each branch cooks at its own pace.
alter table branches
    add column warn_after_seconds integer not null default 480,
    add column late_after_seconds integer not null default 900,
    add constraint branches_ticket_ages_range check (
        warn_after_seconds >= 1 and late_after_seconds >= warn_after_seconds and late_after_seconds <= 86400
    );
