#include "core/presence/presence_fact.hpp"

#include <map>
#include <tuple>
#include <utility>

namespace orderpush {
namespace {

using MemberKey = std::tuple<Channel, std::string, std::string>;

void take_member(std::map<MemberKey, PresenceFact>& known, const PresenceFact& fact) {
    const auto [at, is_new] =
        known.try_emplace({fact.channel, fact.member_id, fact.connection}, fact);
    PresenceFact& newest = at->second;
    if (is_new || fact.at < newest.at) {
        return;
    }
    auto info = fact.info ? fact.info : std::move(newest.info);
    newest = fact;
    newest.info = std::move(info);
}

void take_channel(std::map<Channel, PresenceFact>& known, PresenceFact fact) {
    if (fact.is_of_member()) {
        fact = {.kind = PresenceFact::Kind::kActive, .channel = fact.channel, .at = fact.at};
    }
    const auto [at, is_new] = known.try_emplace(fact.channel, fact);
    PresenceFact& newest = at->second;
    if (is_new) {
        return;
    }
    const bool says_nothing = fact.kind == PresenceFact::Kind::kActive;
    const bool said_nothing = newest.kind == PresenceFact::Kind::kActive;
    if (said_nothing != says_nothing ? said_nothing : fact.at >= newest.at) {
        newest = std::move(fact);
    }
}

}  // namespace

SettledPresence settle(const std::vector<PresenceFact>& facts) {
    std::map<MemberKey, PresenceFact> members;
    std::map<Channel, PresenceFact> channels;
    for (const PresenceFact& fact : facts) {
        if (fact.is_of_member()) {
            take_member(members, fact);
        }
        take_channel(channels, fact);
    }
    SettledPresence settled;
    for (auto& [key, fact] : members) {
        settled.members.push_back(std::move(fact));
    }
    for (auto& [channel, fact] : channels) {
        settled.channels.push_back(std::move(fact));
    }
    return settled;
}

}  // namespace orderpush
