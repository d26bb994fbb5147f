#include "core/incoming_webhooks/incoming_webhook_store.hpp"

#include "base/crypto/crypto.hpp"
#include "storage/database/db_pool.hpp"
#include "storage/database/query.hpp"
#include "storage/statement.hpp"
#include "storage/statement_lists.hpp"
#include "storage/store_factories.hpp"

#include <nlohmann/json.hpp>
#include <pqxx/pqxx>

#include <array>

namespace orderpush::storage {
namespace {

/// $1 provider, $2 SHA-256 of the text, $3 text, $4 now.
constexpr Statement kStoreReceipt{
    "store_receipt",
    R"sql(
insert into webhook_receipts (provider, digest, body, received_at) values ($1, $2,
    convert_to($3, 'UTF8'), $4)
on conflict on constraint webhook_receipts_digest_key do nothing
returning id
)sql",
    Statement::Access::kWrite};

/// $1 at most.
constexpr Statement kListPendingReceipts{
    "list_pending_receipts",
    R"sql(
select r.id, r.provider, convert_from(r.body, 'UTF8') as body
from webhook_receipts r
where r.processed_at is null
order by r.id limit $1
)sql",
    Statement::Access::kRead};

/// $1 receipt, $2 source, $3 members, $4 channels, $5 now. Of several instances that work at the
/// same receipt the first one's commit counts: the others find it processed. Each goes through them
/// in their order, so that they are processed in it.
constexpr Statement kSettleReceipt{
    "settle_receipt",
    R"sql(
with mine as (
    update webhook_receipts r set processed_at = $5 where r.id = $1 and r.processed_at is null
    returning r.id
), members as (
    insert into presence_members as m
        (channel, source, member_id, connection, connections, member, joined_at, seen_at,
            changed_at, left_at)
    select f.channel, $2, f.member, f.connection, 1, coalesce(f.info, 'null')::json, f.at, $5, f.at,
        case when f.is_present then null else $5::timestamptz end
    from json_to_recordset($3) as f
        (channel text, member text, connection text, info text, at timestamptz, is_present boolean)
    where exists (select 1 from mine)
    on conflict on constraint presence_members_pkey do update set
        member = case when excluded.member::text = 'null' then m.member else excluded.member end,
        joined_at = case when m.left_at is null then m.joined_at else excluded.joined_at end,
        seen_at = excluded.seen_at, changed_at = excluded.changed_at, left_at = excluded.left_at
    where m.changed_at <= excluded.changed_at
    returning 1
), channels as (
    insert into presence_channels as c (channel, source, is_occupied, changed_at, active_at,
        confirmed_at)
    select f.channel, $2, coalesce(f.is_occupied, true), f.at, f.at, $5
    from json_to_recordset($4) as f (channel text, is_occupied boolean, at timestamptz)
    where exists (select 1 from mine)
    on conflict on constraint presence_channels_pkey do update set
        is_occupied = case when c.changed_at <= excluded.changed_at then excluded.is_occupied
            else c.is_occupied end,
        changed_at = greatest(c.changed_at, excluded.changed_at),
        active_at = greatest(c.active_at, excluded.active_at),
        confirmed_at = greatest(c.confirmed_at, excluded.confirmed_at)
    returning 1
)
select (select count(*) from mine) as receipt_count,
    (select count(*) from members) + (select count(*) from channels) as change_count
)sql",
    Statement::Access::kWrite};

/// $1 receipt, $2 reason, $3 now.
constexpr Statement kRefuseReceipt{
    "refuse_receipt",
    R"sql(
update webhook_receipts r set processed_at = $3, failure = $2
    where r.id = $1 and r.processed_at is null
)sql",
    Statement::Access::kWrite};

/// $1 received at this time or before, $2 at most.
constexpr Statement kPurgeReceipts{
    "purge_receipts",
    R"sql(
delete from webhook_receipts r
where r.id = any (array(
    select o.id from webhook_receipts o
    where o.processed_at is not null and o.received_at <= $1::timestamptz
    order by o.received_at limit $2
    for update skip locked
))
)sql",
    Statement::Access::kWrite};

using Json = nlohmann::json;
using Kind = PresenceFact::Kind;

Json members_json(const std::vector<PresenceFact>& extensions) {
    Json list = Json::array();
    for (const PresenceFact& fact : extensions) {
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
Json channels_json(const std::vector<PresenceFact>& extensions) {
    Json list = Json::array();
    for (const PresenceFact& fact : extensions) {
        list.push_back(
            {{"channel", fact.channel.name()},
             {"is_occupied", fact.kind != Kind::kVacated},
             {"at", to_rfc3339(fact.at)}}
        );
    }
    return list;
}

/// IncomingWebhookStore in PostgreSQL. The pool must outlive it.
class SqlIncomingWebhookStore final : public IncomingWebhookStore {
  public:
    explicit SqlIncomingWebhookStore(DbPool& pool) : pool_(pool) {}

    Result<bool> store(std::string_view provider, std::string_view text, Timestamp now) override {
        Parameters parameters;
        parameters.add(provider).add(sha256_hex(text)).add(text).add(now);
        return query(
            pool_,
            kStoreReceipt,
            parameters,
            [](const pqxx::result& rows) -> Result<bool> { return !rows.empty(); }
        );
    }

    Result<std::vector<IncomingWebhook>> list_pending(int limit) override {
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

    Result<void> settle(
        const IncomingWebhook& receipt, const std::vector<PresenceFact>& extensions, Timestamp now
    ) override {
        const SettledPresence settled = orderpush::settle(extensions);
        Parameters parameters;
        parameters.add(receipt.id)
            .add(receipt.provider)
            .add(members_json(settled.members).dump())
            .add(channels_json(settled.channels).dump())
            .add(now);
        return execute(pool_, kSettleReceipt, parameters);
    }

    Result<void> refuse(std::int64_t id, std::string_view reason, Timestamp now) override {
        return execute(pool_, kRefuseReceipt, Parameters{}.add(id).add(reason).add(now));
    }

    Result<std::size_t> purge(Timestamp received_until, int limit) override {
        const auto removed =
            ORDERPUSH_TRY(pool_.run(kPurgeReceipts, Parameters{}.add(received_until).add(limit)));
        return removed.affected_rows();
    }

  private:
    DbPool& pool_;
};

}  // namespace

std::unique_ptr<IncomingWebhookStore> make_incoming_webhook_store(DbPool& pool) {
    return std::make_unique<SqlIncomingWebhookStore>(pool);
}

std::span<const Statement> incoming_webhook_statements() {
    static constexpr std::array kAll{
        kStoreReceipt, kListPendingReceipts, kSettleReceipt, kRefuseReceipt, kPurgeReceipts};
    return kAll;
}

}  // namespace orderpush::storage
