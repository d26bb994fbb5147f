-- What happens to an order after it was placed: cancellations asked for, chefs, lines added later.

-- The rate of the moment, as the prices are: lines added later are taxed as the first ones were.
alter table orders add column tax_rate_bp integer not null default 0;
update orders o set tax_rate_bp = b.tax_rate_bp from branches b where b.id = o.branch_id;
alter table orders alter column tax_rate_bp drop default;
alter table orders add constraint orders_tax_rate_range check (tax_rate_bp between 0 and 10000);

-- An open question to the kitchen; gone once it is answered.
alter table orders
    add column cancel_requested_at timestamptz,
    add column cancel_reason text,
    -- None: a guest asked, or an API client.
    add column cancel_requested_by uuid,
    add constraint orders_cancel_requested_by_fkey foreign key (cancel_requested_by) references staff (id),
    add constraint orders_cancel_reason_given check ((cancel_requested_at is null) = (cancel_reason is null));

-- The chef's name of the moment; kept when the chef is gone.
alter table tickets add column chef_name text;

-- The word of the API.
alter table tables drop constraint tables_state_known;
update tables set state = 'needs-cleaning' where state = 'needs_cleaning';
alter table tables add constraint tables_state_known check (state in ('free', 'occupied', 'needs-cleaning'));
