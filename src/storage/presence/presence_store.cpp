#include "core/presence/presence_store.hpp"

#include "storage/database/db_pool.hpp"
#include "storage/database/query.hpp"
#include "storage/database/rows.hpp"
#include "storage/statement.hpp"
#include "storage/statement_lists.hpp"
#include "storage/store_factories.hpp"

#include <nlohmann/json.hpp>
#include <pqxx/pqxx>

#include <array>

namespace orderpush::storage {
namespace {

/// $1 channel, $2 sources, $3 heard of at this time or later. A row per member of a source, one
/// without a member for a source that has none.
constexpr Statement kReadPresence{
    "read_presence",
    R"sql(
select s.name as source, unix_ms(k.confirmed_at) as confirmed_at, m.member_id, m.info,
    unix_ms(m.joined_at) as joined_at,
    m.connections
from unnest($2::text[]) with ordinality as s (name, position)
cross join lateral (
    select greatest(
        (select c.confirmed_at from presence_channels c where c.channel = $1 and c.source = s.name),
        (select max(p.confirmed_at) from presence_sources p where p.source = s.name)
    ) as confirmed_at
) k
left join lateral (
    select p.member_id, min(p.joined_at) as joined_at, sum(p.connections) as connections,
        (array_agg(p.member::text order by p.member::text = 'null', p.changed_at desc))[1] as info
    from presence_members p
    where p.channel = $1 and p.source = s.name and p.left_at is null
        and p.seen_at >= $3::timestamptz
    group by p.member_id
) m on true
order by s.position, m.joined_at, m.member_id
)sql",
    Statement::Access::kRead};

/// $1 channel, $2 sources, $3 heard of at this time or later, $4 silent since then at the earliest,
/// $5 at most.
constexpr Statement kReadSilentMembers{
    "read_silent_members",
    R"sql(
select p.member_id,
    (array_agg(p.member::text order by p.member::text = 'null', p.changed_at desc))[1] as info,
    (array_agg(p.source order by coalesce(p.left_at, p.seen_at) desc, p.source))[1] as source,
    unix_ms(max(coalesce(p.left_at, p.seen_at))) as silent_since
from presence_members p
where p.channel = $1 and p.source = any ($2::text[])
group by p.member_id
having bool_and(p.left_at is not null or p.seen_at < $3::timestamptz)
    and max(coalesce(p.left_at, p.seen_at)) >= $4::timestamptz
order by max(coalesce(p.left_at, p.seen_at)) desc, p.member_id
limit $5
)sql",
    Statement::Access::kRead};

/// $1 channel, $2 source, $3 instance or '', $4 members, $5 asked at, $6 now. What an instance says
/// of its own connections nobody else does, so that its newest list counts whatever the times are.
constexpr Statement kReplacePresence{
    "replace_presence",
    R"sql(
with listed as (
    select l.member, l.connection, l.connections, coalesce(l.info, 'null')::json as info,
        coalesce(l.since, $5::timestamptz) as since
    from json_to_recordset($4) as l (member text, connection text, connections integer, info text,
        since timestamptz)
), put as (
    insert into presence_members as m
        (channel, source, member_id, connection, connections, member, joined_at, seen_at,
            changed_at, left_at)
    select $1, $2, l.member, l.connection, l.connections, l.info, l.since, $6, $5, null
        from listed l
    on conflict on constraint presence_members_pkey do update set
        connections = excluded.connections,
        member = case when excluded.member::text = 'null' then m.member else excluded.member end,
        joined_at = case when m.left_at is null then m.joined_at else excluded.joined_at end,
        seen_at = greatest(m.seen_at, excluded.seen_at), left_at = null
    where m.left_at is null or m.left_at < $5::timestamptz or $3 <> ''
    returning 1
), gone as (
    update presence_members m set left_at = $6
    where m.channel = $1 and m.source = $2 and m.left_at is null
        and case when $3 = '' then m.seen_at < $5::timestamptz else m.connection = $3 end
        and not exists (select 1 from listed l
            where l.member = m.member_id and l.connection = m.connection)
    returning 1
), confirmed as (
    insert into presence_channels as c (channel, source, is_occupied, changed_at, active_at,
        confirmed_at)
    values ($1, $2, exists (select 1 from listed), $5, $5, $5)
    on conflict on constraint presence_channels_pkey do update set
        is_occupied = case when c.changed_at <= excluded.changed_at then excluded.is_occupied
            else c.is_occupied end,
        changed_at = greatest(c.changed_at, excluded.changed_at),
        confirmed_at = greatest(c.confirmed_at, excluded.confirmed_at)
    returning 1
)
select (select count(*) from put) as put_count, (select count(*) from gone) as gone_count,
    (select count(*) from confirmed) as channel_count
)sql",
    Statement::Access::kWrite};

/// $1 source, $2 instance or '', $3 asked at, $4 now.
constexpr Statement kFinishPresenceRound{
    "finish_presence_round",
    R"sql(
with gone as (
    update presence_members m set left_at = $4
    where m.source = $1 and m.seen_at < $3::timestamptz and m.left_at is null
        and ($2 = '' or m.connection = $2)
    returning 1
), confirmed as (
    insert into presence_sources as s (source, instance, confirmed_at) values ($1, $2, $3)
    on conflict on constraint presence_sources_pkey do update set
        confirmed_at = greatest(s.confirmed_at, excluded.confirmed_at)
    returning 1
)
select (select count(*) from gone) as gone_count, (select count(*) from confirmed) as source_count
)sql",
    Statement::Access::kWrite};

/// $1 last heard of at this time or before, $2 at most of each kind.
constexpr Statement kPurgePresence{
    "purge_presence",
    R"sql(
with members as (
    delete from presence_members m where m.ctid = any (array(
        select o.ctid from presence_members o where o.seen_at <= $1::timestamptz limit $2
            for update skip locked
    )) returning 1
), channels as (
    delete from presence_channels c where c.ctid = any (array(
        select o.ctid from presence_channels o where o.confirmed_at <= $1::timestamptz limit $2
            for update skip locked
    )) returning 1
), sources as (
    delete from presence_sources s where s.ctid = any (array(
        select o.ctid from presence_sources o where o.confirmed_at <= $1::timestamptz limit $2
            for update skip locked
    )) returning 1
)
select (select count(*) from members) + (select count(*) from channels) + (select count(*)
    from sources) as row_count
)sql",
    Statement::Access::kWrite};

using Json = nlohmann::json;

Json members_json(const std::vector<ListedMember>& members) {
    Json list = Json::array();
    for (const ListedMember& member : members) {
        list.push_back(
            {{"member", member.id},
             {"connection", member.connection},
             {"connections", member.connections},
             {"info", member.info ? Json(*member.info) : Json()},
             {"since", member.joined_at ? Json(to_rfc3339(*member.joined_at)) : Json()}}
        );
    }
    return list;
}

PresentMember member_of(const pqxx::row& row) {
    return {
        .id = row["member_id"].c_str(),
        .info = row["info"].c_str(),
        .joined_at = time_of(row["joined_at"]),
        .connections = row["connections"].as<std::size_t>(),
        .source = row["source"].c_str()};
}

Result<std::vector<SourcePresence>> sources_of(const pqxx::result& rows) {
    std::vector<SourcePresence> sources;
    for (const auto& row : rows) {
        const char* const source = row["source"].c_str();
        if (sources.empty() || sources.back().source != source) {
            sources.push_back(
                {.source = source, .confirmed_at = optional_time_of(row["confirmed_at"])}
            );
        }
        if (!row["member_id"].is_null()) {
            sources.back().members.push_back(member_of(row));
        }
    }
    return sources;
}

/// PresenceStore in PostgreSQL. The pool must outlive it.
class SqlPresenceStore final : public PresenceStore {
  public:
    explicit SqlPresenceStore(DbPool& pool) : pool_(pool) {}

    Result<std::vector<SourcePresence>> read(
        const Channel& channel, const std::vector<std::string>& sources, Timestamp heard_since
    ) override {
        Parameters parameters;
        parameters.add(channel.name()).add(text_array(sources)).add(heard_since);
        return query(pool_, kReadPresence, parameters, sources_of);
    }

    Result<std::vector<DepartedMember>> read_recently_left(
        const Channel& channel,
        const std::vector<std::string>& sources,
        Timestamp heard_since,
        Timestamp since,
        int limit
    ) override {
        Parameters parameters;
        parameters.add(channel.name())
            .add(text_array(sources))
            .add(heard_since)
            .add(since)
            .add(limit);
        using Silent = Result<std::vector<DepartedMember>>;
        return query(pool_, kReadSilentMembers, parameters, [](const pqxx::result& rows) -> Silent {
            std::vector<DepartedMember> members;
            for (const auto& row : rows) {
                members.push_back(
                    {.id = row["member_id"].c_str(),
                     .info = row["info"].c_str(),
                     .silent_since = time_of(row["silent_since"]),
                     .source = row["source"].c_str()}
                );
            }
            return members;
        });
    }

    Result<void> replace(
        const PresenceScope& scope,
        const Channel& channel,
        const std::vector<ListedMember>& members,
        Timestamp asked_at,
        Timestamp now
    ) override {
        Parameters parameters;
        parameters.add(channel.name())
            .add(scope.source)
            .add(scope.instance)
            .add(members_json(members).dump())
            .add(asked_at)
            .add(now);
        return execute(pool_, kReplacePresence, parameters);
    }

    Result<void> finish_round(const PresenceScope& scope, Timestamp asked_at, Timestamp now)
        override {
        Parameters parameters;
        parameters.add(scope.source).add(scope.instance).add(asked_at).add(now);
        return execute(pool_, kFinishPresenceRound, parameters);
    }

    Result<std::size_t> purge(Timestamp heard_until, int limit) override {
        return query(
            pool_,
            kPurgePresence,
            Parameters{}.add(heard_until).add(limit),
            [](const pqxx::result& rows) -> Result<std::size_t> {
                return rows.at(0)["row_count"].as<std::size_t>();
            }
        );
    }

  private:
    DbPool& pool_;
};

}  // namespace

std::unique_ptr<PresenceStore> make_presence_store(DbPool& pool) {
    return std::make_unique<SqlPresenceStore>(pool);
}

std::span<const Statement> presence_statements() {
    static constexpr std::array kAll{
        kReadPresence, kReadSilentMembers, kReplacePresence, kFinishPresenceRound, kPurgePresence};
    return kAll;
}

}  // namespace orderpush::storage
