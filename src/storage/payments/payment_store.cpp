#include "core/payments/payment_store.hpp"

#include "core/tables/session_store.hpp"
#include "storage/database/db_pool.hpp"
#include "storage/database/json_parameters.hpp"
#include "storage/database/query.hpp"
#include "storage/database/record_events.hpp"
#include "storage/database/rows.hpp"
#include "storage/database/sql_text.hpp"
#include "storage/database/transaction.hpp"
#include "storage/statement.hpp"
#include "storage/statement_lists.hpp"
#include "storage/store_factories.hpp"
#include "storage/tables/session_lock.hpp"

#include <nlohmann/json.hpp>
#include <pqxx/pqxx>

#include <array>
#include <stdexcept>

namespace orderpush::storage {
namespace {

/// The columns of a payment `p` of session `s`, as payment_of() reads them.
constexpr SqlText kPaymentColumns{R"sql(
    p.id, s.restaurant_id, s.branch_id, p.session_id, s.table_id, to_json(p.order_ids) as order_ids,
    p.amount_minor, p.currency, p.method, unix_ms(p.paid_at) as paid_at, p.has_closed_session
)sql"};

/// $1 payment.
constexpr Statement kFindPayment = joined_statement("find_payment", Statement::Access::kRead, [] {
    return "select " + kPaymentColumns + R"sql(
from payments p join table_sessions s on s.id = p.session_id
where p.id = $1
)sql";
});

/// $1 session, $2 limit.
constexpr Statement kListPayments = joined_statement("list_payments", Statement::Access::kRead, [] {
    return "select " + kPaymentColumns + R"sql(
from payments p join table_sessions s on s.id = p.session_id
where p.session_id = $1
order by p.id limit $2
)sql";
});

/// $1 session.
constexpr Statement kSumPayments{
    "sum_payments",
    R"sql(
select coalesce(sum(p.amount_minor), 0)::bigint as total from payments p where p.session_id = $1
)sql",
    Statement::Access::kRead};

/// $1 payment, $2 session, $3 amount, $4 currency, $5 method, $6 orders, $7 now, $8 events, of
/// which those after the first $9 are recorded only if the session is closed by this, $10 answer to
/// keep if it is, $11 answer to keep otherwise. Requires kLockSession before it in the transaction:
/// a statement reads the bill as it stood when it began. `is_closing` is null if the amount is more
/// than what is outstanding; then nothing was written.
constexpr Statement kRecordPayment =
    joined_statement("record_payment", Statement::Access::kWrite, [] {
        return R"sql(
with billed as (
    select
        s.id, s.table_id, br.close_sessions,
        coalesce(
            (select sum(o.final_minor) from orders o
                where o.session_id = s.id and o.status <> 'cancelled'), 0
        ) - coalesce(
            (select sum(p.amount_minor) from payments p where p.session_id = s.id), 0
        ) as outstanding_minor
    from table_sessions s join branches br on br.id = s.branch_id
    where s.id = $2
), allowed as (
    select b.id, b.table_id,
        b.outstanding_minor = $3::bigint and b.close_sessions = 'settled' as is_closing
    from billed b
    where b.outstanding_minor >= $3::bigint
), guard as (
    select g.*
    from allowed a
        cross join json_to_recordset(case when a.is_closing then $10::json
            else $11::json end) as g )sql" +
               kGuardColumns + "), " + kKeepAnswer + R"sql(,
paid as (
    insert into payments (
        id, session_id, amount_minor, currency, method, order_ids, paid_at, has_closed_session
    )
    select $1::uuid, a.id, $3::bigint, $4, $5, $6::uuid[], $7::timestamptz, a.is_closing
    from allowed a
    where (select count(*) from kept_key) >= 0
    returning 1
), closed as (
    update table_sessions s set closed_at = $7::timestamptz
    from allowed a
    where s.id = a.id and a.is_closing
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
    where a.is_closing or e.position <= $9::integer
), )sql" + kRecordEvents +
               R"sql(
select b.outstanding_minor::bigint as outstanding_minor, a.is_closing
from billed b left join allowed a on true
where (select count(*) from queued) >= 0
)sql";
    });

Payment payment_of(const pqxx::row& row) {
    const auto method = parse_payment_method(row["method"].c_str());
    if (!method) {
        throw std::runtime_error("a payment method in the database is unknown");
    }
    Payment payment{
        .id = id_of<PaymentId>(row["id"]),
        .restaurant = id_of<RestaurantId>(row["restaurant_id"]),
        .branch = id_of<BranchId>(row["branch_id"]),
        .session = id_of<SessionId>(row["session_id"]),
        .table = id_of<TableId>(row["table_id"]),
        .orders = {},
        .amount_minor = row["amount_minor"].as<std::int64_t>(),
        .currency = row["currency"].c_str(),
        .method = *method,
        .paid_at = time_of(row["paid_at"]),
        .has_closed_session = row["has_closed_session"].as<bool>()};
    for (const auto& id : nlohmann::json::parse(row["order_ids"].c_str())) {
        payment.orders.push_back(parse_id<OrderId>(id.get_ref<const std::string&>()).value());
    }
    return payment;
}

Parameters record_parameters(const NewPayment& made) {
    const Payment& payment = made.payment;
    std::vector<Event> events = made.events;
    events.insert(events.end(), made.closing_events.begin(), made.closing_events.end());
    Parameters parameters;
    parameters.add(payment.id)
        .add(payment.session)
        .add(payment.amount_minor)
        .add(payment.currency)
        .add(to_string(payment.method))
        .add(uuid_array<OrderId>(payment.orders))
        .add(payment.paid_at)
        .add(events_json(events))
        .add(static_cast<std::int64_t>(made.events.size()))
        .add(kept_answer_json(made.closing_answer))
        .add(kept_answer_json(made.open_answer));
    return parameters;
}

/// That the locked session can take a payment.
Result<void> check_session(const pqxx::result& rows) {
    if (rows.empty()) {
        return not_found("session_not_found", "There is no such session.");
    }
    if (!rows.front()["is_open"].as<bool>()) {
        return session_closed(ErrorKind::kConflict);
    }
    return {};
}

/// Payments in PostgreSQL. The pool must outlive it.
class SqlPaymentStore final : public PaymentStore {
  public:
    explicit SqlPaymentStore(DbPool& pool) : pool_(pool) {}

    Result<std::vector<Payment>> list(const SessionId& session, int limit) override {
        using Found = Result<std::vector<Payment>>;
        const auto parameters = Parameters{}.add(session).add(limit);
        return query(pool_, kListPayments, parameters, [](const pqxx::result& rows) -> Found {
            std::vector<Payment> payments;
            payments.reserve(rows.size());
            for (const auto& row : rows) {
                payments.push_back(payment_of(row));
            }
            return payments;
        });
    }

    Result<std::int64_t> total(const SessionId& session) override {
        const auto rows = ORDERPUSH_TRY(pool_.run(kSumPayments, Parameters{}.add(session)));
        return rows.at(0)["total"].as<std::int64_t>();
    }

    Result<Payment> find(const PaymentId& id) override {
        return query_one(
            pool_,
            kFindPayment,
            Parameters{}.add(id),
            not_found("payment_not_found", "There is no such payment."),
            payment_of
        );
    }

    Result<bool> record(const NewPayment& payment) override {
        const auto lock = Parameters{}.add(payment.payment.session);
        const auto parameters = record_parameters(payment);
        const auto work = [&](Transaction& transaction) -> Result<pqxx::result> {
            ORDERPUSH_TRY(check_session(transaction.execute(kLockSession, lock)));
            pqxx::result rows = transaction.execute(kRecordPayment, parameters);
            const pqxx::row row = rows.at(0);
            if (row["is_closing"].is_null()) {
                return overpayment(row["outstanding_minor"].as<std::int64_t>());
            }
            return rows;
        };
        const auto rows = ORDERPUSH_TRY(pool_.transact(work));
        return rows.front()["is_closing"].as<bool>();
    }

  private:
    DbPool& pool_;
};

}  // namespace

std::unique_ptr<PaymentStore> make_payment_store(DbPool& pool) {
    return std::make_unique<SqlPaymentStore>(pool);
}

std::span<const Statement> payment_statements() {
    static constexpr std::array kAll{kFindPayment, kListPayments, kSumPayments, kRecordPayment};
    return kAll;
}

}  // namespace orderpush::storage
