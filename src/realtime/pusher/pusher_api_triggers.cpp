#include "realtime/pusher/pusher_api_triggers.hpp"

#include "base/json_text.hpp"
#include "base/text.hpp"
#include "protocol/pusher_names.hpp"
#include "protocol/pusher_signature.hpp"
#include "realtime/pusher/pusher_messages.hpp"

#include <boost/container/small_vector.hpp>

#include <algorithm>
#include <new>
#include <simdjson.h>
#include <utility>

namespace orderpush::realtime::pusher_api {
namespace {

namespace dom = simdjson::dom;
using pusher::kEventNameCharactersMax;

/// Bytes of a body up to which it is parsed in memory that the thread keeps: the hosted service's
/// 10 KB of data, and what goes with them.
constexpr std::size_t kUsualBodyBytes = 16U * 1024U;

Error invalid(std::string message) {
    return {.kind = ErrorKind::kInvalid, .code = "event_invalid", .message = std::move(message)};
}

Error too_large(std::size_t bytes, std::size_t bytes_max) {
    return {
        .kind = ErrorKind::kTooLarge,
        .code = "event_too_large",
        .message = "The data content of this event exceeds the allowed maximum (" +
                   std::to_string(bytes_max) + " bytes): it has " + std::to_string(bytes) +
                   ". See "
                   "https://pusher.com/docs/channels/server_api/http-api#publishing-events for "
                   "more info"};
}

/// What is read of a body lives as long as this, and until the thread's next one.
class Body {
  public:
    Result<dom::object> parse(std::string_view text) {
        thread_local dom::parser usual;
        dom::parser& parser = text.size() > kUsualBodyBytes ? large_ : usual;
        const std::size_t capacity = std::max(text.size(), kUsualBodyBytes);
        if (parser.capacity() < capacity &&
            parser.allocate(capacity, pusher::kNestingMax + 1) != 0) {
            throw std::bad_alloc{};
        }
        dom::element document;
        auto error = parser.parse(text.data(), text.size()).get(document);
        if (error == simdjson::STRING_ERROR) {
            if (const auto repaired = with_whole_surrogates(text)) {
                error = parser.parse(repaired->data(), repaired->size()).get(document);
            }
        }
        if (error == simdjson::DEPTH_ERROR) {
            return invalid("Invalid JSON in body: nested too deeply");
        }
        dom::object object;
        if (error != simdjson::SUCCESS || document.get(object) != simdjson::SUCCESS) {
            return invalid("Invalid JSON in body: expected an object");
        }
        return object;
    }

  private:
    dom::parser large_;
};

/// A field that is null is as good as none.
struct Fields {
    std::optional<dom::element> name = {};
    std::optional<dom::element> data = {};
    std::optional<dom::element> channel = {};
    std::optional<dom::element> channels = {};
    std::optional<dom::element> socket_id = {};
    std::optional<dom::element> info = {};
    std::optional<dom::element> batch = {};
};

Fields fields_of(dom::object object) {
    using Field = std::pair<std::string_view, std::optional<dom::element> Fields::*>;
    static constexpr Field kFields[] = {
        {"name", &Fields::name},
        {"data", &Fields::data},
        {"channel", &Fields::channel},
        {"channels", &Fields::channels},
        {"socket_id", &Fields::socket_id},
        {"info", &Fields::info},
        {"batch", &Fields::batch}};
    Fields fields;
    // Once over the object: looking each name up would go through it seven times.
    for (const dom::key_value_pair& pair : object) {
        const auto* const known = std::ranges::find(kFields, pair.key, &Field::first);
        if (known != std::end(kFields)) {
            fields.*(known->second) =
                pair.value.is_null() ? std::nullopt : std::optional{pair.value};
        }
    }
    return fields;
}

std::optional<std::string_view> text_of(const std::optional<dom::element>& field) {
    std::string_view text;
    const bool is_text = field && field->get(text) == simdjson::SUCCESS;
    return is_text ? std::optional{text} : std::nullopt;
}

Result<std::string> event_of(const Fields& fields) {
    const auto name = text_of(fields.name);
    if (!name) {
        return invalid("Expected name parameter to be a string");
    }
    if (name->empty() || character_count(*name) > kEventNameCharactersMax) {
        return invalid(
            "Event name must have 1 to " + std::to_string(kEventNameCharactersMax) + " characters"
        );
    }
    std::string event{*name};
    if (event.starts_with("pusher:") || event.starts_with("pusher_internal:")) {
        return invalid("Event names beginning with 'pusher:' are reserved: '" + event + "'");
    }
    return event;
}

/// The hosted service takes strings only; anything else that is there is written as JSON.
Result<std::string> data_of(const Fields& fields, std::size_t bytes_max) {
    if (!fields.data) {
        return invalid("Missing parameter: data");
    }
    const auto given = text_of(fields.data);
    std::string text = given ? std::string{*given} : simdjson::minify(*fields.data);
    if (text.size() > bytes_max) {
        return too_large(text.size(), bytes_max);
    }
    return text;
}

Result<void> check_channel(std::string_view name) {
    constexpr std::size_t kUserIdBytesMax = 512;
    const auto user = protocol::user_of_pusher_channel(name);
    const bool is_users = user && !user->empty() && user->size() <= kUserIdBytesMax;
    if (!is_users && !protocol::is_pusher_channel_name(name)) {
        return invalid("Invalid channel name: '" + pusher::shown(name) + "'");
    }
    return {};
}

using Names = boost::container::small_vector<std::string_view, 4>;

/// "channels", or "channel" where there are none; nothing if that is no list of strings.
std::optional<Names> names_of(const Fields& fields) {
    if (!fields.channels) {
        const auto one = text_of(fields.channel);
        return one ? std::optional{Names{*one}} : std::nullopt;
    }
    dom::array list;
    if (fields.channels->get(list) != simdjson::SUCCESS) {
        return std::nullopt;
    }
    Names names;
    for (const dom::element item : list) {
        const auto name = text_of(item);
        if (!name) {
            return std::nullopt;
        }
        names.push_back(*name);
    }
    return names;
}

Result<std::vector<std::string>> channels_of(const Fields& fields) {
    auto names = names_of(fields);
    if (!names) {
        return invalid("Expected channels parameter to be an array of strings");
    }
    if (names->empty()) {
        return invalid("Missing channels: name at least one");
    }
    if (names->size() > kChannelsMax) {
        return invalid(
            "Cannot trigger on more than " + std::to_string(kChannelsMax) + " channels: got " +
            std::to_string(names->size())
        );
    }
    std::vector<std::string> distinct;
    for (const std::string_view name : *names) {
        if (auto valid = check_channel(name); !valid) {
            return valid.error();
        }
        if (std::ranges::find(distinct, name) == distinct.end()) {
            distinct.emplace_back(name);
        }
    }
    return distinct;
}

/// A connection that cannot be is none, as one that is not there any more.
Result<std::optional<SocketId>> excluded_of(const Fields& fields) {
    if (!fields.socket_id) {
        return std::optional<SocketId>{};
    }
    const auto id = text_of(fields.socket_id);
    if (!id || !protocol::is_socket_id(*id)) {
        const std::string written = simdjson::minify(*fields.socket_id);
        return invalid("Invalid socket_id: " + pusher::shown(written));
    }
    return parse_socket_id(*id);
}

Result<Attributes> info_of(const Fields& fields) {
    if (!fields.info) {
        return Attributes{};
    }
    const auto info = text_of(fields.info);
    if (!info) {
        return invalid("Expected info parameter to be a string");
    }
    Attributes attributes = parse_attributes(*info);
    attributes.cache = false;
    return attributes;
}

Result<Trigger> trigger_of(const Fields& fields, std::size_t data_bytes_max) {
    auto event = event_of(fields);
    if (!event) {
        return std::move(event).error();
    }
    auto channels = channels_of(fields);
    if (!channels) {
        return std::move(channels).error();
    }
    auto data = data_of(fields, data_bytes_max);
    if (!data) {
        return std::move(data).error();
    }
    auto excluded = excluded_of(fields);
    if (!excluded) {
        return std::move(excluded).error();
    }
    auto info = info_of(fields);
    if (!info) {
        return std::move(info).error();
    }
    return Trigger{
        .event = *std::move(event),
        .data = *std::move(data),
        .channels = *std::move(channels),
        .excluded = *excluded,
        .info = *info};
}

}  // namespace

Result<Trigger> decode_trigger(std::string_view text, std::size_t data_bytes_max) {
    Body body;
    const auto object = ORDERPUSH_TRY(body.parse(text));
    return trigger_of(fields_of(object), data_bytes_max);
}

Result<std::vector<Trigger>> decode_batch(std::string_view text, std::size_t data_bytes_max) {
    Body body;
    const auto object = ORDERPUSH_TRY(body.parse(text));
    const Fields fields = fields_of(object);
    dom::array batch;
    const bool is_list = fields.batch && fields.batch->get(batch) == simdjson::SUCCESS;
    if (!is_list || batch.size() == 0) {
        return invalid("Expected batch parameter to be an array of events");
    }
    if (batch.size() > kBatchMax) {
        return invalid(
            "Batch too large: " + std::to_string(batch.size()) + " events, the limit is " +
            std::to_string(kBatchMax)
        );
    }
    std::vector<Trigger> triggers;
    for (const dom::element item : batch) {
        dom::object event;
        if (item.get(event) != simdjson::SUCCESS) {
            return invalid("Expected batch parameter to be an array of events");
        }
        Fields of_event = fields_of(event);
        of_event.channels.reset();
        auto trigger = ORDERPUSH_TRY(trigger_of(of_event, data_bytes_max));
        triggers.push_back(std::move(trigger));
    }
    return triggers;
}

}  // namespace orderpush::realtime::pusher_api
