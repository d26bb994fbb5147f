#include "storage/incoming_webhooks/pg_incoming_webhook_store.hpp"

#include "base/crypto/crypto.hpp"
#include "storage/database/query.hpp"
#include "storage/statements.hpp"

#include <nlohmann/json.hpp>
#include <pqxx/pqxx>

namespace orderpush::storage {
namespace {

using Json = nlohmann::json;
using Kind = PresenceFact::Kind;

Json members_json(const std::vector<PresenceFact>& facts) {
    Json list = Json::array();
    for (const PresenceFact& fact : facts) {
        list.push_back(
            {{"channel", fact.channel.name()},
             {"member", fact.member_id},
             {"connection", fact.connection},
             {"info", fact.info ? Json(*fact.info) : Json()},
             {"at", to_rfc3339(fact.at)},
             {"is_present", fact.kind == Kind::kEntered}}
        );
    }
    return list;
}

/// A channel where somebody comes, goes or speaks is taken for occupied until it is said to be
/// vacated.
Json channels_json(const std::vector<PresenceFact>& facts) {
    Json list = Json::array();
    for (const PresenceFact& fact : facts) {
        list.push_back(
            {{"channel", fact.channel.name()},
             {"is_occupied", fact.kind != Kind::kVacated},
             {"at", to_rfc3339(fact.at)}}
        );
    }
    return list;
}

}  // namespace

Result<bool> PgIncomingWebhookStore::store(
    std::string_view provider, std::string_view text, Timestamp now
) {
    Parameters parameters;
    parameters.add(provider).add(sha256_hex(text)).add(text).add(now);
    return query(pool_, kStoreReceipt, parameters, [](const pqxx::result& rows) -> Result<bool> {
        return !rows.empty();
    });
}

Result<std::vector<IncomingWebhook>> PgIncomingWebhookStore::list_pending(int limit) {
    using Receipts = Result<std::vector<IncomingWebhook>>;
    return query(
        pool_,
        kListPendingReceipts,
        Parameters{}.add(limit),
        [](const pqxx::result& rows) -> Receipts {
            std::vector<IncomingWebhook> receipts;
            for (const auto& row : rows) {
                receipts.push_back(
                    {.id = row["id"].as<std::int64_t>(),
                     .provider = row["provider"].c_str(),
                     .text = row["body"].c_str()}
                );
            }
            return receipts;
        }
    );
}

Result<void> PgIncomingWebhookStore::settle(
    const IncomingWebhook& receipt, const std::vector<PresenceFact>& facts, Timestamp now
) {
    const SettledPresence settled = orderpush::settle(facts);
    Parameters parameters;
    parameters.add(receipt.id)
        .add(receipt.provider)
        .add(members_json(settled.members).dump())
        .add(channels_json(settled.channels).dump())
        .add(now);
    return execute(pool_, kSettleReceipt, parameters);
}

Result<void> PgIncomingWebhookStore::refuse(
    std::int64_t id, std::string_view reason, Timestamp now
) {
    return execute(pool_, kRefuseReceipt, Parameters{}.add(id).add(reason).add(now));
}

Result<std::size_t> PgIncomingWebhookStore::purge(Timestamp received_until, int limit) {
    const auto removed =
        ORDERPUSH_TRY(pool_.run(kPurgeReceipts, Parameters{}.add(received_until).add(limit)));
    return removed.affected_rows();
}

}  // namespace orderpush::storage
