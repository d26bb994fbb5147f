#include "tests/support/memory/memory_presence.hpp"

#include <algorithm>

namespace orderpush::test {
namespace {

void raise(Timestamp& time, Timestamp to) {
    time = std::max(time, to);
}

}  // namespace

std::size_t MemoryPresence::receipt_count() {
    const std::scoped_lock lock{mutex_};
    return rows_.receipts.size();
}

std::string MemoryPresence::refusal(std::int64_t id) {
    const std::scoped_lock lock{mutex_};
    return rows_.receipts.at(id).failure;
}

void MemoryPresence::fail(std::optional<Error> failure) {
    const std::scoped_lock lock{mutex_};
    rows_.failure = std::move(failure);
}

void MemoryPresence::put(
    Rows& rows, const std::string& source, const PresenceFact& f, Timestamp now
) {
    const auto [at, is_new] =
        rows.members.try_emplace({source, f.channel, f.member_id, f.connection});
    Member& member = at->second;
    if (!is_new && member.changed_at > f.at) {
        return;
    }
    if (is_new || member.left_at) {
        member.joined_at = f.at;
    }
    member.info = f.info.value_or(member.info);
    member.seen_at = now;
    member.changed_at = f.at;
    member.left_at =
        f.kind == PresenceFact::Kind::kEntered ? std::nullopt : std::optional<Timestamp>{now};
}

SourcePresence MemoryPresence::Store::read_source(
    const std::string& source, const Channel& channel, Timestamp heard_since
) {
    const Rows& rows = home_.rows_;
    SourcePresence presence{.source = source};
    const auto confirm = [&](Timestamp at) {
        presence.confirmed_at = std::max(presence.confirmed_at.value_or(at), at);
    };
    if (const auto told = rows.channels.find({source, channel}); told != rows.channels.end()) {
        confirm(told->second);
    }
    for (const auto& [key, at] : rows.sources) {
        if (key.first == source) {
            confirm(at);
        }
    }
    for (const auto& [key, row] : rows.members) {
        const auto& [of_source, of_channel, id, connection] = key;
        if (of_source != source || of_channel != channel || row.left_at ||
            row.seen_at < heard_since) {
            continue;
        }
        const auto same = std::ranges::find(presence.members, id, &PresentMember::id);
        if (same == presence.members.end()) {
            presence.members.push_back({id, row.info, row.joined_at, row.connections, source});
            continue;
        }
        same->connections += row.connections;
        same->joined_at = std::min(same->joined_at, row.joined_at);
        same->info = same->info == "null" ? row.info : same->info;
    }
    std::ranges::stable_sort(presence.members, {}, &PresentMember::joined_at);
    return presence;
}

Result<std::vector<SourcePresence>> MemoryPresence::Store::read(
    const Channel& channel, const std::vector<std::string>& sources, Timestamp heard_since
) {
    const std::scoped_lock lock{home_.mutex_};
    if (home_.rows_.failure) {
        return *home_.rows_.failure;
    }
    std::vector<SourcePresence> presences;
    for (const std::string& source : sources) {
        presences.push_back(read_source(source, channel, heard_since));
    }
    return presences;
}

Result<std::vector<DepartedMember>> MemoryPresence::Store::read_recently_left(
    const Channel& channel,
    const std::vector<std::string>& sources,
    Timestamp heard_since,
    Timestamp since,
    int limit
) {
    const std::scoped_lock lock{home_.mutex_};
    if (home_.rows_.failure) {
        return *home_.rows_.failure;
    }
    std::map<std::string, DepartedMember> silent;
    std::set<std::string> there;
    for (const auto& [key, row] : home_.rows_.members) {
        const auto& [source, of_channel, id, connection] = key;
        if (of_channel != channel || std::ranges::find(sources, source) == sources.end()) {
            continue;
        }
        if (!row.left_at && row.seen_at >= heard_since) {
            there.insert(id);
        }
        const Timestamp at = row.left_at.value_or(row.seen_at);
        const auto [one, is_new] = silent.try_emplace(id, DepartedMember{id, row.info, at, source});
        if (!is_new && one->second.silent_since < at) {
            one->second = {id, row.info == "null" ? one->second.info : row.info, at, source};
        }
    }
    std::vector<DepartedMember> members;
    for (const auto& [id, member] : silent) {
        if (!there.contains(id) && member.silent_since >= since) {
            members.push_back(member);
        }
    }
    std::ranges::stable_sort(members, std::ranges::greater{}, &DepartedMember::silent_since);
    members.resize(std::min(members.size(), static_cast<std::size_t>(limit)));
    return members;
}

Result<void> MemoryPresence::Store::replace(
    const PresenceScope& scope,
    const Channel& channel,
    const std::vector<ListedMember>& members,
    Timestamp asked_at,
    Timestamp now
) {
    const std::scoped_lock lock{home_.mutex_};
    Rows& rows = home_.rows_;
    if (rows.failure) {
        return *rows.failure;
    }
    const bool is_own = !scope.instance.empty();
    for (auto& [key, row] : rows.members) {
        const auto& [of_source, of_channel, id, connection] = key;
        const bool is_listed =
            std::ranges::any_of(members, [&, &i = id, &c = connection](const ListedMember& listed) {
                return listed.id == i && listed.connection == c;
            });
        const bool is_known_by_now = is_own ? connection == scope.instance : row.seen_at < asked_at;
        if (of_source == scope.source && of_channel == channel && !is_listed && is_known_by_now &&
            !row.left_at) {
            row.left_at = now;
        }
    }
    for (const ListedMember& listed : members) {
        const auto [at, is_new] =
            rows.members.try_emplace({scope.source, channel, listed.id, listed.connection});
        Member& row = at->second;
        if (!is_new && row.left_at && *row.left_at >= asked_at && !is_own) {
            continue;
        }
        if (is_new || row.left_at) {
            row.joined_at = listed.joined_at.value_or(asked_at);
        }
        row.changed_at = is_new ? asked_at : row.changed_at;
        row.info = listed.info.value_or(row.info);
        row.connections = listed.connections;
        raise(row.seen_at, now);
        row.left_at.reset();
    }
    raise(rows.channels[{scope.source, channel}], asked_at);
    return {};
}

Result<void> MemoryPresence::Store::finish_round(
    const PresenceScope& scope, Timestamp asked_at, Timestamp now
) {
    const std::scoped_lock lock{home_.mutex_};
    Rows& rows = home_.rows_;
    if (rows.failure) {
        return *rows.failure;
    }
    for (auto& [key, row] : rows.members) {
        const bool is_in_scope = scope.instance.empty() || std::get<3>(key) == scope.instance;
        if (std::get<0>(key) == scope.source && is_in_scope && row.seen_at < asked_at &&
            !row.left_at) {
            row.left_at = now;
        }
    }
    raise(rows.sources[{scope.source, scope.instance}], asked_at);
    return {};
}

Result<std::size_t> MemoryPresence::Store::purge(Timestamp heard_until, int limit) {
    const std::scoped_lock lock{home_.mutex_};
    Rows& rows = home_.rows_;
    const auto is_left = [&, count = 0](Timestamp at) mutable {
        return at <= heard_until && count++ < limit;
    };
    const std::size_t members = std::erase_if(
        rows.members, [is = is_left](const auto& row) mutable { return is(row.second.seen_at); }
    );
    const auto of_time = [is = is_left](const auto& row) mutable { return is(row.second); };
    return members + std::erase_if(rows.channels, of_time) + std::erase_if(rows.sources, of_time);
}

Result<bool> MemoryPresence::Receipts::store(
    std::string_view provider, std::string_view text, Timestamp now
) {
    const std::scoped_lock lock{home_.mutex_};
    Rows& rows = home_.rows_;
    if (rows.failure) {
        return *rows.failure;
    }
    const bool is_known = std::ranges::any_of(rows.receipts, [&](const auto& entry) {
        const IncomingWebhook& receipt = entry.second.receipt;
        return receipt.provider == provider && receipt.text == text;
    });
    if (!is_known) {
        const auto id = static_cast<std::int64_t>(rows.receipts.size()) + 1;
        rows.receipts[id] = {
            .receipt = {.id = id, .provider = std::string{provider}, .text = std::string{text}},
            .received_at = now};
    }
    return !is_known;
}

Result<std::vector<IncomingWebhook>> MemoryPresence::Receipts::list_pending(int limit) {
    const std::scoped_lock lock{home_.mutex_};
    if (home_.rows_.failure) {
        return *home_.rows_.failure;
    }
    std::vector<IncomingWebhook> pending;
    for (const auto& [id, receipt] : home_.rows_.receipts) {
        if (!receipt.is_processed && pending.size() < static_cast<std::size_t>(limit)) {
            pending.push_back(receipt.receipt);
        }
    }
    return pending;
}

Result<void> MemoryPresence::Receipts::settle(
    const IncomingWebhook& receipt, const std::vector<PresenceFact>& facts, Timestamp now
) {
    const std::scoped_lock lock{home_.mutex_};
    Rows& rows = home_.rows_;
    if (rows.failure) {
        return *rows.failure;
    }
    const auto found = rows.receipts.find(receipt.id);
    if (found == rows.receipts.end() || std::exchange(found->second.is_processed, true)) {
        return {};
    }
    const SettledPresence settled = orderpush::settle(facts);
    for (const PresenceFact& fact : settled.members) {
        put(rows, receipt.provider, fact, now);
    }
    for (const PresenceFact& fact : settled.channels) {
        raise(rows.channels[{receipt.provider, fact.channel}], now);
    }
    return {};
}

Result<void> MemoryPresence::Receipts::refuse(
    std::int64_t id, std::string_view reason, Timestamp /*now*/
) {
    const std::scoped_lock lock{home_.mutex_};
    const auto found = home_.rows_.receipts.find(id);
    if (found != home_.rows_.receipts.end() && !std::exchange(found->second.is_processed, true)) {
        found->second.failure = reason;
    }
    return {};
}

Result<std::size_t> MemoryPresence::Receipts::purge(Timestamp received_until, int limit) {
    const std::scoped_lock lock{home_.mutex_};
    return std::erase_if(home_.rows_.receipts, [&, count = 0](const auto& entry) mutable {
        const Receipt& receipt = entry.second;
        return receipt.is_processed && receipt.received_at <= received_until && count++ < limit;
    });
}

}  // namespace orderpush::test
