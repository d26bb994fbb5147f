#pragma once

#include "storage/database/record_events.hpp"
#include "storage/database/sql_text.hpp"
#include "storage/database/statement.hpp"

namespace orderpush::storage {

/// The columns of a payment `p` of session `s`, as payment_of() reads them.
inline constexpr SqlText kPaymentColumns{R"sql(
    p.id, s.restaurant_id, s.branch_id, p.session_id, s.table_id, to_json(p.order_ids) as order_ids,
    p.amount_minor, p.currency, p.method, unix_ms(p.paid_at) as paid_at, p.has_closed_session
)sql"};

/// $1 payment.
inline constexpr auto kFindPaymentText = "select " + kPaymentColumns + R"sql(
from payments p join table_sessions s on s.id = p.session_id
where p.id = $1
)sql";
inline constexpr Statement kFindPayment{
    "find_payment", kFindPaymentText.text, Statement::Access::kRead};

/// $1 session, $2 limit.
inline constexpr auto kListPaymentsText = "select " + kPaymentColumns + R"sql(
from payments p join table_sessions s on s.id = p.session_id
where p.session_id = $1
order by p.id limit $2
)sql";
inline constexpr Statement kListPayments{
    "list_payments", kListPaymentsText.text, Statement::Access::kRead};

/// $1 session. Waits for the orders that are being placed in it and for other payments; from then
/// on there are no new ones until this transaction ends.
inline constexpr Statement kLockSession{
    "lock_session",
    R"sql(
select s.closed_at is null as is_open from table_sessions s where s.id = $1 for update
)sql",
    Statement::Access::kWrite};

/// $1 payment, $2 session, $3 amount, $4 currency, $5 method, $6 orders, $7 now, $8 events, of
/// which those after the first $9 are recorded only if the session is closed by this, $10 answer to
/// keep if it is, $11 answer to keep otherwise. Requires kLockSession before it in the transaction:
/// a statement reads the bill as it stood when it began. `is_settled` is null if the amount is more
/// than what is outstanding; then nothing was written.
inline constexpr auto kRecordPaymentText =
    R"sql(
with billed as (
    select
        s.id, s.table_id,
        coalesce(
            (select sum(o.final_minor) from orders o where o.session_id = s.id and o.status <> 'cancelled'), 0
        ) - coalesce(
            (select sum(p.amount_minor) from payments p where p.session_id = s.id), 0
        ) as outstanding_minor
    from table_sessions s
    where s.id = $2
), allowed as (
    select b.id, b.table_id, b.outstanding_minor = $3::bigint as is_settled
    from billed b
    where b.outstanding_minor >= $3::bigint
), guard as (
    select g.*
    from allowed a
        cross join json_to_recordset(case when a.is_settled then $10::json else $11::json end) as g )sql" +
    kGuardColumns + "), " + kKeepAnswer + R"sql(,
paid as (
    insert into payments (
        id, session_id, amount_minor, currency, method, order_ids, paid_at, has_closed_session
    )
    select $1::uuid, a.id, $3::bigint, $4, $5, $6::uuid[], $7::timestamptz, a.is_settled
    from allowed a
    where (select count(*) from kept_key) >= 0
    returning 1
), closed as (
    update table_sessions s set closed_at = $7::timestamptz
    from allowed a
    where s.id = a.id and a.is_settled
    returning s.table_id
), left_behind as (
    update tables t set state = 'needs-cleaning' from closed c where t.id = c.table_id
    returning 1
), written as (
    select 1 from paid union all select 1 from left_behind
), recorded as (
    select e.*
    from allowed a cross join json_to_recordset($8) as e )sql" +
    kEventColumns + R"sql(
    where a.is_settled or e.position <= $9::integer
), )sql" +
    kRecordEvents + R"sql(
select b.outstanding_minor::bigint as outstanding_minor, a.is_settled
from billed b left join allowed a on true
where (select count(*) from queued) >= 0
)sql";
inline constexpr Statement kRecordPayment{
    "record_payment", kRecordPaymentText.text, Statement::Access::kWrite};

}  // namespace orderpush::storage
