-- How guests find what they want: items under a heading, in the order that the restaurant chose.
alter table menu_items
    add column category text,
    add column position integer not null default 0,
    add constraint menu_items_position_range check (position between 0 and 1000000);
