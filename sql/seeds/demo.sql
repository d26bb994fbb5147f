-- A restaurant to try things with. Ids derive from names, so that a second run finds everything there and changes nothing.
-- Passwords and the API key are set by the program: staff rows start with a hash that nothing verifies against.

insert into restaurants (id, name, currency, created_at)
values (md5('orderpush demo')::uuid, 'Demo Restaurant', 'EUR', now())
on conflict (id) do nothing;

insert into branches (id, restaurant_id, name, tax_rate_bp, time_zone, created_at)
select md5('demo/' || b.slug)::uuid, md5('orderpush demo')::uuid, b.name, 1900, 'Europe/Berlin', now()
from (values ('harbor', 'Harbor'), ('oldtown', 'Old Town')) as b (slug, name)
on conflict (id) do nothing;

insert into areas (id, branch_id, name)
select md5('demo/' || b.slug || '/area/' || a.name)::uuid, md5('demo/' || b.slug)::uuid, a.name
from (values ('harbor'), ('oldtown')) as b (slug)
cross join (values ('Terrace'), ('Main Hall')) as a (name)
on conflict (id) do nothing;

insert into tables (id, branch_id, area_id, number, qr_token)
select
    md5('demo/' || b.slug || '/table/' || t.n)::uuid,
    md5('demo/' || b.slug)::uuid,
    md5('demo/' || b.slug || '/area/' || case when t.n <= 3 then 'Terrace' else 'Main Hall' end)::uuid,
    'T' || t.n,
    replace(gen_random_uuid()::text, '-', '')
from (values ('harbor'), ('oldtown')) as b (slug)
cross join generate_series(1, 6) as t (n)
on conflict (id) do nothing;

insert into stations (id, branch_id, name)
select md5('demo/' || b.slug || '/station/' || s.name)::uuid, md5('demo/' || b.slug)::uuid, s.name
from (values ('harbor'), ('oldtown')) as b (slug)
cross join (values ('Grill'), ('Bar'), ('Cold Kitchen')) as s (name)
on conflict (id) do nothing;

insert into menu_items (id, branch_id, station_id, name, price_minor, category, position)
select
    md5('demo/' || b.slug || '/menu/' || m.name)::uuid,
    md5('demo/' || b.slug)::uuid,
    md5('demo/' || b.slug || '/station/' || m.station)::uuid,
    m.name,
    m.price_minor,
    m.category,
    m.position
from (values ('harbor'), ('oldtown')) as b (slug)
cross join (
    values
        ('Cheeseburger', 1290, 'Grill', 'Mains', 20),
        ('Grilled Salmon', 1850, 'Grill', 'Mains', 21),
        ('Ribeye Steak', 2690, 'Grill', 'Mains', 22),
        ('Chicken Skewers', 1390, 'Grill', 'Mains', 23),
        ('Caesar Salad', 1090, 'Cold Kitchen', 'Starters', 10),
        ('Tomato Burrata', 1150, 'Cold Kitchen', 'Starters', 11),
        ('Oysters', 1600, 'Cold Kitchen', 'Starters', 12),
        ('Chocolate Mousse', 690, 'Cold Kitchen', 'Desserts', 30),
        ('Lemonade', 450, 'Bar', 'Drinks', 40),
        ('Espresso', 280, 'Bar', 'Drinks', 41),
        ('Pilsner', 490, 'Bar', 'Drinks', 42),
        ('House Wine', 620, 'Bar', 'Drinks', 43)
) as m (name, price_minor, station, category, position)
on conflict (id) do nothing;

insert into staff (id, restaurant_id, branch_id, name, email, role, password_hash, created_at)
select
    md5('demo/' || b.slug || '/staff/' || r.role)::uuid,
    md5('orderpush demo')::uuid,
    md5('demo/' || b.slug)::uuid,
    r.name || ' ' || b.name,
    lower(r.role) || '.' || b.slug || '@demo.example',
    r.role,
    '!',
    now()
from (values ('harbor', 'Harbor'), ('oldtown', 'Old Town')) as b (slug, name)
cross join (
    values ('KITCHEN', 'Kim'), ('WAITER', 'Wendy'), ('MANAGER', 'Mara'), ('ADMIN', 'Ada')
) as r (role, name)
on conflict (id) do nothing;
