#include "http/routing/handlers.hpp"
#include "http/routing/services.hpp"
#include "usecases/presence/presence_service.hpp"

#include <nlohmann/json.hpp>

namespace orderpush::http {
namespace {

using Json = nlohmann::ordered_json;

/// Empty for a member without any.
Json info_of(const std::string& text) {
    Json info = Json::parse(text, nullptr, false);
    return info.is_object() ? info : Json::object();
}

Json presence_of(const PresentMember& member) {
    return {
        {"since", to_rfc3339(member.joined_at)},
        {"connections", member.connections},
        {"source", member.source}};
}

template <class Member>
Json who_is(const Member& member) {
    const Json info = info_of(member.info);
    Json json{{"memberId", member.id}};
    for (const char* name : {"name", "role", "station"}) {
        if (info.contains(name)) {
            json[name] = info[name];
        }
    }
    return json;
}

Json display_json(const PresentMember& member) {
    Json json = who_is(member);
    json.update(presence_of(member));
    return json;
}

Json silent_json(const DepartedMember& member) {
    Json json = who_is(member);
    json["silentSince"] = to_rfc3339(member.silent_since);
    json["source"] = member.source;
    return json;
}

Json member_json(const PresentMember& member) {
    Json json{{"memberId", member.id}, {"info", info_of(member.info)}};
    json.update(presence_of(member));
    return json;
}

Json as_of(const usecases::ChannelRoster& roster) {
    return roster.as_of ? Json(to_rfc3339(*roster.as_of)) : Json();
}

template <class Member>
Json list_of(const std::vector<Member>& members, Json (*to_json)(const Member&)) {
    Json list = Json::array();
    for (const Member& member : members) {
        list.push_back(to_json(member));
    }
    return list;
}

}  // namespace

/// GET /v1/branches/{id}/displays → 200 {branchId, displays: [{memberId, name, role, station?,
/// since, connections}]}: who is in the kitchen's channel, the longest there first.
Result<Response> list_displays(const RequestContext& context) {
    const auto branch = context.id<BranchId>();
    const auto displays =
        ORDERPUSH_TRY(context.services.presence.displays(context.caller(), branch));
    const Json document{
        {"branchId", to_string(branch)},
        {"asOf", as_of(displays.online)},
        {"displays", list_of(displays.online.members, display_json)},
        {"silent", list_of(displays.silent, silent_json)}};
    return Response{.body = document.dump()};
}

/// GET /v1/channels/{channel}/presence → 200 {channel, members: [{memberId, info, since,
/// connections}]}; 404 for an unknown channel, 422 for one that has no members.
Result<Response> list_members(const RequestContext& context) {
    const auto found =
        ORDERPUSH_TRY(context.services.presence.read(context.caller(), context.captures.at(0)));
    const Json document{
        {"channel", found.channel.name()},
        {"asOf", as_of(found.members)},
        {"members", list_of(found.members.members, member_json)}};
    return Response{.body = document.dump()};
}

}  // namespace orderpush::http
