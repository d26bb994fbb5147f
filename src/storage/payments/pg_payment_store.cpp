#include "storage/payments/pg_payment_store.hpp"

#include "core/tables/session_store.hpp"
#include "storage/database/json_parameters.hpp"
#include "storage/database/query.hpp"
#include "storage/database/rows.hpp"
#include "storage/database/transaction.hpp"
#include "storage/statements.hpp"

#include <nlohmann/json.hpp>
#include <pqxx/pqxx>

#include <stdexcept>

namespace orderpush::storage {
namespace {

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
        .add(kept_answer_json(made.settled_answer))
        .add(kept_answer_json(made.partial_answer));
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

}  // namespace

Result<std::vector<Payment>> PgPaymentStore::list(const SessionId& session, int limit) {
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

Result<Payment> PgPaymentStore::find(const PaymentId& id) {
    return query_one(
        pool_,
        kFindPayment,
        Parameters{}.add(id),
        not_found("payment_not_found", "There is no such payment."),
        payment_of
    );
}

Result<bool> PgPaymentStore::record(const NewPayment& payment) {
    const auto lock = Parameters{}.add(payment.payment.session);
    const auto parameters = record_parameters(payment);
    const auto work = [&](Transaction& transaction) -> Result<pqxx::result> {
        ORDERPUSH_TRY(check_session(transaction.execute(kLockSession, lock)));
        pqxx::result rows = transaction.execute(kRecordPayment, parameters);
        const pqxx::row row = rows.at(0);
        if (row["is_settled"].is_null()) {
            return overpayment(row["outstanding_minor"].as<std::int64_t>());
        }
        return rows;
    };
    const auto rows = ORDERPUSH_TRY(pool_.transact(work));
    return rows.front()["is_settled"].as<bool>();
}

}  // namespace orderpush::storage
