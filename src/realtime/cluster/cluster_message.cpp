#include "realtime/cluster/cluster_message.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <utility>

namespace orderpush::realtime {
namespace {

using nlohmann::json;

// Short keys: "t" says what it is.
constexpr const char* kPublication = "p";
constexpr const char* kState = "s";
constexpr const char* kLeave = "g";

json to_json(const Publication& publication) {
    json object{
        {"t", kPublication},
        {"c", publication.channel},
        {"e", publication.event},
        {"d", publication.data}};
    if (publication.excluded) {
        object["x"] = to_string(*publication.excluded);
    }
    if (publication.revokes_session) {
        object["o"] = to_string(*publication.revokes_session);
    }
    if (publication.is_from_client) {
        object["f"] = true;
    }
    if (publication.user_id) {
        object["u"] = *publication.user_id;
    }
    if (publication.is_termination) {
        object["k"] = true;
    }
    const MessageStamp& stamp = publication.stamp;
    object["s"] = json::array({stamp.time, stamp.count, stamp.series});
    if (!publication.envelope.empty()) {
        object["v"] = publication.envelope;
        object["w"] = publication.is_envelope_only;
    }
    return object;
}

json to_json(const RemoteState& state) {
    json counts = json::array();
    for (const auto& count : state.counts) {
        counts.push_back(json::array({count.channel, count.subscribers}));
    }
    json memberships = json::array();
    for (const auto& [channel, membership, is_gone] : state.memberships) {
        memberships.push_back(json::array(
            {channel,
             membership.member.user_id,
             membership.member.info,
             membership.since.time_since_epoch().count(),
             membership.connections,
             is_gone,
             membership.member.has_envelopes}
        ));
    }
    return {
        {"t", kState},
        {"q", state.asks},
        {"b", state.begins},
        {"c", std::move(counts)},
        {"m", std::move(memberships)},
        {"z", state.ends}};
}

json to_json(const ClusterLeave&) {
    return {{"t", kLeave}};
}

/// These throw for anything that is not as above.
ClusterMessage read_publication(json& object) {
    Publication publication{
        .channel = std::move(object.at("c").get_ref<std::string&>()),
        .event = std::move(object.at("e").get_ref<std::string&>()),
        .data = std::move(object.at("d").get_ref<std::string&>())};
    if (const auto excluded = object.find("x"); excluded != object.end()) {
        publication.excluded = parse_socket_id(excluded->get_ref<const std::string&>());
    }
    if (const auto ends = object.find("o"); ends != object.end()) {
        publication.revokes_session = parse_id<SessionId>(ends->get_ref<const std::string&>());
    }
    publication.is_from_client = object.contains("f");
    if (const auto user_id = object.find("u"); user_id != object.end()) {
        publication.user_id = std::move(user_id->get_ref<std::string&>());
    }
    publication.is_termination = object.contains("k");
    // Of an instance of an earlier release: it is given one here.
    if (const auto stamp = object.find("s"); stamp != object.end()) {
        publication.stamp = {
            .time = stamp->at(0).get<std::uint64_t>(),
            .count = stamp->at(1).get<std::uint32_t>(),
            .series = stamp->at(2).get<std::uint32_t>()};
    }
    if (const auto envelope = object.find("v"); envelope != object.end()) {
        publication.envelope = std::move(envelope->get_ref<std::string&>());
        publication.is_envelope_only = object.at("w").get<bool>();
    }
    return publication;
}

ClusterMessage read_state(const json& object) {
    RemoteState state;
    state.asks = object.at("q").get<bool>();
    state.begins = object.at("b").get<bool>();
    for (const json& row : object.at("c")) {
        state.counts.push_back({row.at(0).get<std::string>(), row.at(1).get<std::size_t>()});
    }
    for (const json& row : object.at("m")) {
        state.memberships.push_back(
            {.channel = row.at(0).get<std::string>(),
             .membership =
                 {.member =
                      {.user_id = row.at(1).get<std::string>(),
                       .info = row.at(2).get<std::string>(),
                       .has_envelopes = row.size() > 6 && row.at(6).get<bool>()},
                  .since = Timestamp{std::chrono::milliseconds{row.at(3).get<std::int64_t>()}},
                  .connections = row.at(4).get<std::size_t>()},
             .is_gone = row.at(5).get<bool>()}
        );
    }
    state.ends = object.at("z").get<bool>();
    return state;
}

std::optional<ClusterMessage> read(json& object) {
    const auto& type = object.at("t").get_ref<const std::string&>();
    if (type == kPublication) {
        return read_publication(object);
    }
    if (type == kState) {
        return read_state(object);
    }
    if (type == kLeave) {
        return ClusterLeave{};
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> encode_cluster_message(const ClusterMessage& message) {
    try {
        return std::visit([](const auto& some) { return to_json(some).dump(); }, message);
    } catch (const json::type_error&) {
        return std::nullopt;  // not UTF-8
    }
}

std::optional<ClusterMessage> decode_cluster_message(std::string_view line) {
    try {
        json object = json::parse(line);
        return read(object);
    } catch (const json::exception&) {
        return std::nullopt;
    }
}

}  // namespace orderpush::realtime
