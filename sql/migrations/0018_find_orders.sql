-- Serves kFindNumberedOrders as well as the uniqueness: the days on which a branch had an order of that number.
alter table orders
    drop constraint orders_number_key,
    add constraint orders_number_key unique (branch_id, number, business_day);
