#include "realtime/ably/access/capability.hpp"

#include "base/json_nesting.hpp"
#include "realtime/ably/access/refusal.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <utility>

namespace orderpush::realtime::ably {
namespace {

using Json = nlohmann::json;

/// At the places of their operations.
constexpr std::array<std::string_view, 17> kNames{
    "annotation-publish",
    "annotation-subscribe",
    "channel-metadata",
    "history",
    "message-delete-any",
    "message-delete-own",
    "message-update-any",
    "message-update-own",
    "object-publish",
    "object-subscribe",
    "presence",
    "privileged-headers",
    "publish",
    "push-admin",
    "push-subscribe",
    "stats",
    "subscribe"};
static_assert(static_cast<std::size_t>(Operation::kSubscribe) + 1 == kNames.size());

constexpr std::string_view kAny = "*";
constexpr std::uint32_t kAllOperations = (1U << kNames.size()) - 1;

std::uint32_t bit_of(std::size_t place) noexcept {
    return 1U << place;
}

ErrorInfo invalid(std::string why) {
    return refusal(code::kBadRequest, "Invalid capability: " + std::move(why));
}

struct Resource {
    /// "meta" of "[meta]log", empty for an ordinary channel's.
    std::string_view qualifier;
    /// "log", "room:1"
    std::string_view segments;
};

/// Nothing if what begins like a qualifier does not end.
std::optional<Resource> split(std::string_view name) {
    if (!name.starts_with('[')) {
        return Resource{.qualifier = {}, .segments = name};
    }
    const auto end = name.find(']');
    if (end == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string_view inside = name.substr(1, end - 1);
    return Resource{
        .qualifier = inside.substr(0, inside.find_first_of("=?")),
        .segments = name.substr(end + 1)};
}

bool covers_segments(std::string_view pattern, std::string_view name) {
    while (true) {
        const auto pattern_end = pattern.find(':');
        if (pattern_end == std::string_view::npos) {
            return pattern == kAny || pattern == name;
        }
        const auto name_end = name.find(':');
        const std::string_view wanted = pattern.substr(0, pattern_end);
        if (name_end == std::string_view::npos ||
            (wanted != kAny && wanted != name.substr(0, name_end))) {
            return false;
        }
        pattern.remove_prefix(pattern_end + 1);
        name.remove_prefix(name_end + 1);
    }
}

/// Whether `pattern` is for all that `name` is for, which may be a pattern too: its "*" is then
/// covered by "*" alone.
bool covers(std::string_view pattern, std::string_view name) {
    const auto of_pattern = split(pattern);
    const auto of_name = split(name);
    return of_pattern && of_name &&
           (of_pattern->qualifier == kAny || of_pattern->qualifier == of_name->qualifier) &&
           covers_segments(of_pattern->segments, of_name->segments);
}

Checked<std::uint32_t> parse_operations(const Json& list) {
    if (!list.is_array() || list.empty()) {
        return invalid("each resource has a list of operations, which is not empty");
    }
    std::uint32_t operations = 0;
    for (const Json& item : list) {
        const auto* word = item.get_ptr<const std::string*>();
        if (word != nullptr && *word == kAny) {
            return list.size() == 1 ? Checked<std::uint32_t>{kAllOperations}
                                    : invalid("'*' stands alone among the operations");
        }
        const auto* const found = word == nullptr ? kNames.end() : std::ranges::find(kNames, *word);
        if (found == kNames.end()) {
            return invalid("there is no such operation");
        }
        operations |= bit_of(static_cast<std::size_t>(std::distance(kNames.begin(), found)));
    }
    return operations;
}

/// Nothing if it is not JSON, or a member of the object stands there twice.
std::optional<Json> parse_object(std::string_view text) {
    if (nests_deeper_than(2, text)) {
        return std::nullopt;
    }
    std::size_t members = 0;
    const auto count = [&](int depth, Json::parse_event_t event, const Json&) {
        members += event == Json::parse_event_t::key && depth == 1 ? 1U : 0U;
        return true;
    };
    Json document = Json::parse(text, count, false);
    const bool is_good = document.is_object() && document.size() == members;
    return is_good ? std::optional{std::move(document)} : std::nullopt;
}

}  // namespace

Capability Capability::everything() {
    Capability all;
    all.add("[*]*", kAllOperations);
    return all;
}

Checked<Capability> Capability::parse(std::string_view text) {
    if (text.size() > kTextBytesMax) {
        return invalid("it is too long");
    }
    const auto document = parse_object(text);
    if (!document) {
        return invalid("it is a JSON object of resources, each of them once");
    }
    if (document->size() > kResourcesMax) {
        return invalid("it has more than " + std::to_string(kResourcesMax) + " resources");
    }
    Capability capability;
    for (const auto& [resource, list] : document->items()) {
        if (resource.empty() || !split(resource)) {
            return invalid("there is a resource without a name");
        }
        capability.add(resource, ORDERPUSH_TRY(parse_operations(list)));
    }
    return capability;
}

void Capability::add(std::string resource, Operations operations) {
    const auto place = std::ranges::lower_bound(grants_, resource, {}, &Grant::resource);
    if (place != grants_.end() && place->resource == resource) {
        place->operations |= operations;
    } else {
        grants_.insert(place, {.resource = std::move(resource), .operations = operations});
    }
}

bool Capability::allows(Operation operation, std::string_view name) const {
    const Operations wanted = bit_of(static_cast<std::size_t>(operation));
    return std::ranges::any_of(grants_, [&](const Grant& grant) {
        return (grant.operations & wanted) != 0 && covers(grant.resource, name);
    });
}

bool Capability::is_for(std::string_view name) const {
    return std::ranges::any_of(grants_, [&](const Grant& grant) {
        return covers(grant.resource, name);
    });
}

bool Capability::allows_somewhere(Operation operation) const {
    const Operations wanted = bit_of(static_cast<std::size_t>(operation));
    return std::ranges::any_of(grants_, [&](const Grant& grant) {
        return (grant.operations & wanted) != 0;
    });
}

Capability Capability::intersected_with(const Capability& other) const {
    Capability both;
    for (const Grant& a : grants_) {
        for (const Grant& b : other.grants_) {
            const Operations operations = a.operations & b.operations;
            if (operations == 0) {
                continue;
            }
            if (covers(a.resource, b.resource)) {
                both.add(b.resource, operations);
            } else if (covers(b.resource, a.resource)) {
                both.add(a.resource, operations);
            }
        }
    }
    return both;
}

std::string Capability::to_string() const {
    Json document = Json::object();
    for (const Grant& grant : grants_) {
        Json list = Json::array();
        for (std::size_t place = 0; place < kNames.size(); ++place) {
            if (grant.operations != kAllOperations && (grant.operations & bit_of(place)) != 0) {
                list.push_back(kNames.at(place));
            }
        }
        if (grant.operations == kAllOperations) {
            list.push_back(kAny);
        }
        document[grant.resource] = std::move(list);
    }
    return document.dump();
}

}  // namespace orderpush::realtime::ably
