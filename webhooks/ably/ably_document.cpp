#include "webhooks/ably/ably_document.hpp"

#include "base/json_nesting.hpp"
#include "protocol/ably_member.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <utility>

namespace orderpush::webhooks {
namespace {

using Json = nlohmann::json;
using Kind = PresenceFact::Kind;

/// Far more than a webhook nests. The library writes, and reads MessagePack, by recursion.
constexpr std::size_t kNestingMax = 64;

/// Goes through a document without keeping it; ends at what nests too deeply.
class NestingCheck final : public nlohmann::json_sax<Json> {
  public:
    bool null() override { return true; }
    bool boolean(bool) override { return true; }
    bool number_integer(std::int64_t) override { return true; }
    bool number_unsigned(std::uint64_t) override { return true; }
    bool number_float(double, const std::string&) override { return true; }
    bool string(std::string&) override { return true; }
    bool binary(Json::binary_t&) override { return true; }
    bool key(std::string&) override { return true; }
    bool start_object(std::size_t) override { return enter(); }
    bool end_object() override { return leave(); }
    bool start_array(std::size_t) override { return enter(); }
    bool end_array() override { return leave(); }
    bool parse_error(std::size_t, const std::string&, const Json::exception&) override {
        return false;
    }

  private:
    bool enter() { return nesting_.enter(); }
    bool leave() {
        nesting_.leave();
        return true;
    }

    NestingLimit nesting_{kNestingMax};
};

/// Discarded if it is no such document, or nests too deeply.
Json parsed(std::string_view text, Json::input_format_t format) {
    NestingCheck check;
    if (!Json::sax_parse(text, &check, format)) {
        return Json(Json::value_t::discarded);
    }
    return format == Json::input_format_t::msgpack ? Json::from_msgpack(text, true, false)
                                                   : Json::parse(text, nullptr, false);
}

/// The year 9999: beyond it no time can be written as RFC 3339.
constexpr std::int64_t kLastMs = 253'402'300'799'999;

/// Null if it is not there.
const Json& member_of(const Json& object, const char* name) {
    static const Json nothing;
    if (!object.is_object()) {
        return nothing;
    }
    const auto found = object.find(name);
    return found == object.end() ? nothing : *found;
}

std::string text_of(const Json& object, const char* name) {
    const Json& value = member_of(object, name);
    return value.is_string() ? value.get<std::string>() : std::string{};
}

std::optional<Timestamp> time_of(const Json& object) {
    const Json& value = member_of(object, "timestamp");
    if (!value.is_number_integer() || value < 0 || value > kLastMs) {
        return std::nullopt;
    }
    return Timestamp{std::chrono::milliseconds{value.get<std::int64_t>()}};
}

/// Numbers as on the wire (ably.md 2.6: absent, present, enter, leave, update), words as in
/// headers.
std::optional<Kind> kind_of(const Json& action) {
    if (action == 1 || action == 2 || action == 4 || action == "present" || action == "enter" ||
        action == "update") {
        return Kind::kEntered;
    }
    if (action == 0 || action == 3 || action == "absent" || action == "leave") {
        return Kind::kLeft;
    }
    return std::nullopt;
}

/// Channel names may begin with parameters: "[?rewind=1]kitchen:…".
std::optional<Channel> channel_of(const Json& data) {
    std::string name;
    for (const char* const member : {"channelId", "channel", "name"}) {
        name = name.empty() ? text_of(data, member) : name;
    }
    if (name.starts_with('[')) {
        name.erase(0, std::min(name.find(']'), name.size() - 1) + 1);
    }
    const auto channel = Channel::parse(name);
    // With an id in upper case it is another channel of Ably's.
    const bool is_ours =
        channel && channel->kind() == ChannelKind::kPresence && channel->name() == name;
    return is_ours ? channel : std::nullopt;
}

/// One item of a batch, or a single request in the same shape.
struct Item {
    std::string source;
    std::string name;
    std::optional<Timestamp> at;
    const Json& data;
};

void add_members(const Item& item, const Channel& channel, std::vector<PresenceFact>& extensions) {
    for (const Json& message : member_of(item.data, "presence")) {
        const auto kind = kind_of(member_of(message, "action"));
        const auto own_time = time_of(message);
        const auto at = own_time ? own_time : item.at;
        std::string member = text_of(message, "clientId");
        if (!kind || !at || !is_member_id(member)) {
            continue;
        }
        std::string connection = text_of(message, "connectionId");
        extensions.push_back(
            {.kind = *kind,
             .channel = channel,
             .at = *at,
             .member_id = std::move(member),
             .connection = is_member_id(connection) ? std::move(connection) : std::string{},
             .info = protocol::ably_member_info(member_of(message, "data").dump())}
        );
    }
}

std::optional<bool> occupied_in(const Json& data) {
    const Json& status = member_of(data, "status");
    const Json& nested = member_of(member_of(status, "occupancy"), "metrics");
    const Json& metrics = nested.is_object() ? nested : member_of(data, "metrics");
    const Json& connections = member_of(metrics, "connections");
    if (connections.is_number_integer()) {
        return connections > 0;
    }
    const Json& is_active = member_of(status, "isActive");
    return is_active.is_boolean() ? std::optional{is_active.get<bool>()} : std::nullopt;
}

std::optional<Kind> channel_kind_of(const Item& item) {
    if (item.name == "channel.closed") {
        return Kind::kVacated;
    }
    if (item.name == "channel.opened") {
        return Kind::kOccupied;
    }
    const bool tells_occupancy =
        item.source == "channel.occupancy" || item.source == "channel.lifecycle";
    if (const auto is_occupied = occupied_in(item.data); tells_occupancy && is_occupied) {
        return *is_occupied ? Kind::kOccupied : Kind::kVacated;
    }
    return member_of(item.data, "messages").is_array() ? std::optional{Kind::kActive}
                                                       : std::nullopt;
}

void add_facts(const Item& item, std::vector<PresenceFact>& extensions) {
    const auto channel = channel_of(item.data);
    if (!channel) {
        return;
    }
    add_members(item, *channel, extensions);
    if (const auto kind = channel_kind_of(item); kind && item.at) {
        extensions.push_back({.kind = *kind, .channel = *channel, .at = *item.at});
    }
}

/// In a batch the payload stands in `data`; a single request is its own.
Item item_of(const Json& item, const Json& data) {
    return {
        .source = text_of(item, "source"),
        .name = text_of(item, "name"),
        .at = time_of(item),
        .data = data};
}

bool is_webhook(const Json& body) {
    if (!body.is_object()) {
        return false;
    }
    const Json& items = member_of(body, "items");
    if (items.is_array()) {
        return std::ranges::all_of(items, [](const Json& item) {
            return item.is_object() && member_of(item, "data").is_object();
        });
    }
    return member_of(body, "source").is_string();
}

std::vector<Item> items_of(const Json& body) {
    std::vector<Item> items;
    if (const Json& list = member_of(body, "items"); list.is_array()) {
        for (const Json& item : list) {
            items.push_back(item_of(item, member_of(item, "data")));
        }
    } else {
        items.push_back(item_of(body, body));
    }
    return items;
}

std::optional<Timestamp> newest_time(const Json& body) {
    std::optional<Timestamp> newest;
    const auto take = [&](const std::optional<Timestamp>& at) {
        newest = at ? std::max(newest.value_or(*at), *at) : newest;
    };
    for (const Item& item : items_of(body)) {
        take(item.at);
        for (const char* const list : {"presence", "messages"}) {
            for (const Json& message : member_of(item.data, list)) {
                take(time_of(message));
            }
        }
    }
    return newest;
}

Json number_or_null(std::string_view digits) {
    std::int64_t number = 0;
    const auto [end, failure] =
        std::from_chars(digits.data(), digits.data() + digits.size(), number);
    const bool is_number = failure == std::errc{} && end == digits.data() + digits.size();
    return is_number ? Json(number) : Json();
}

/// What comes without an envelope is the bare payload of one message: its headers say the rest.
Json enveloped(const IncomingWebhookRequest& request, Json payload) {
    const auto header = [&](const char* name) { return std::string{request.header(name)}; };
    Json action = header("X-Ably-Message-Action");
    if (action == "") {
        action = header("X-Ably-Message-Name");  // a table of the documentation has it there
    }
    const Json time = number_or_null(request.header("X-Ably-Message-Timestamp"));
    const bool is_presence = header("X-Ably-Envelope-Source") == "channel.presence";
    Json message{
        {"id", header("X-Ably-Message-Id")},
        {"clientId", header("X-Ably-Message-Client-Id")},
        {"connectionId", header("X-Ably-Message-Connection-Id")},
        {"timestamp", time},
        {"action", is_presence ? action : Json()},
        {"data", std::move(payload)}};
    return {
        {"source", header("X-Ably-Envelope-Source")},
        {"appId", header("X-Ably-Envelope-AppId")},
        {"channel", header("X-Ably-Envelope-Channel")},
        {"timestamp", time},
        {is_presence ? "presence" : "messages", Json::array({std::move(message)})}};
}

/// Discarded if it is neither JSON nor MessagePack and has to be.
Json payload_of(const IncomingWebhookRequest& request, bool may_be_text) {
    const std::string_view type = request.header("Content-Type");
    Json payload = parsed(
        request.body,
        type.starts_with("application/x-msgpack") ? Json::input_format_t::msgpack
                                                  : Json::input_format_t::json
    );
    return payload.is_discarded() && may_be_text ? Json(std::string{request.body})
                                                 : std::move(payload);
}

}  // namespace

Result<WebhookNote> note_of(const IncomingWebhookRequest& request) {
    const bool is_bare = !request.header("X-Ably-Envelope-Source").empty();
    Json body = payload_of(request, is_bare);
    if (is_bare) {
        body = enveloped(request, std::move(body));
    }
    if (!is_webhook(body)) {
        return webhook_malformed("neither items nor a source");
    }
    return WebhookNote{
        .text = body.dump(-1, ' ', false, Json::error_handler_t::replace),
        .sent_at = newest_time(body)};
}

Result<std::vector<PresenceFact>> facts_of(std::string_view text) {
    const Json body = parsed(text, Json::input_format_t::json);
    if (!is_webhook(body)) {
        return webhook_malformed("neither items nor a source");
    }
    std::vector<PresenceFact> extensions;
    for (const Item& item : items_of(body)) {
        add_facts(item, extensions);
    }
    return extensions;
}

}  // namespace orderpush::webhooks
