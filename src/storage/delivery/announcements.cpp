#include "core/delivery/announcements.hpp"

#include "storage/database/db_pool.hpp"
#include "storage/database/query.hpp"
#include "storage/database/record_events.hpp"
#include "storage/database/sql_text.hpp"
#include "storage/statement.hpp"
#include "storage/statement_lists.hpp"
#include "storage/store_factories.hpp"

#include <pqxx/pqxx>

#include <array>
#include <string>
#include <vector>

namespace orderpush::storage {
namespace {

/// $1 event, $2 name, $3 payload, $4 occurred at, $5 words of audiences, $6 branches at most.
/// Branches are active if their kitchen's channel has an entry. Without any nothing is written.
constexpr Statement kAnnounce = joined_statement("announce", Statement::Access::kWrite, [] {
    return R"sql(
with active as materialized (
    select split_part(k.channel, ':', 2) as branch
    from channel_counters k
    where k.channel > 'kitchen:' and k.channel < 'kitchen;'
        and exists (select 1 from outbox o where o.channel = k.channel)
    order by k.channel
    limit $6
), recorded as (
    select 1 as position, $1::uuid as id, $2::text as name, $3::text as payload,
        $4::timestamptz as occurred_at,
        (
            select json_agg(w.word || ':' || a.branch)
            from active a cross join unnest($5::text[]) as w (word)
        ) as channels
    where exists (select 1 from active)
), written as (
    select 1 from recorded
), )sql" + kRecordEvents +
           R"sql(
select count(*) as channel_count from queued
)sql";
});

/// The announcements in PostgreSQL. The pool must outlive it.
class SqlAnnouncements final : public Announcements {
  public:
    explicit SqlAnnouncements(DbPool& pool) : pool_(pool) {}

    Result<std::size_t> announce(
        const Event& event, std::span<const Audience> audiences, int branches_max
    ) override {
        std::vector<std::string> words;
        for (const Audience audience : audiences) {
            words.emplace_back(to_string(audience));
        }
        Parameters parameters;
        parameters.add(event.id)
            .add(event.name)
            .add(event.payload)
            .add(event.occurred_at)
            .add(text_array(words))
            .add(branches_max);
        using Announced = Result<std::size_t>;
        return query(pool_, kAnnounce, parameters, [](const pqxx::result& rows) -> Announced {
            return rows.at(0)["channel_count"].as<std::size_t>();
        });
    }

  private:
    DbPool& pool_;
};

}  // namespace

std::unique_ptr<Announcements> make_announcements(DbPool& pool) {
    return std::make_unique<SqlAnnouncements>(pool);
}

std::span<const Statement> announcement_statements() {
    static constexpr std::array kAll{kAnnounce};
    return kAll;
}

}  // namespace orderpush::storage
