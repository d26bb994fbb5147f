#include "usecases/delivery/payload_truncation.hpp"

#include <nlohmann/json.hpp>

namespace orderpush::usecases {
namespace {

using Json = nlohmann::ordered_json;

/// Longer texts are what people wrote, not what things are known by.
constexpr std::size_t kIdentifyingBytesMax = 64;

bool is_identifying(const Json& value) {
    if (value.is_string()) {
        return value.get_ref<const std::string&>().size() <= kIdentifyingBytesMax;
    }
    return value.is_number() || value.is_boolean();
}

}  // namespace

std::string cut_payload(const std::string& payload) {
    const Json whole = Json::parse(payload);
    Json cut = Json::object();
    for (const auto& [name, value] : whole.items()) {
        if (is_identifying(value)) {
            cut[name] = value;
        }
    }
    cut["truncated"] = true;
    // Where the whole can be read; an event about neither has no single document.
    if (cut.contains("orderId")) {
        cut["href"] = "/v1/orders/" + cut["orderId"].get<std::string>();
    } else if (cut.contains("sessionId")) {
        cut["href"] = "/v1/sessions/" + cut["sessionId"].get<std::string>();
    }
    return cut.dump();
}

void cut_to_fit(OutboxEntry& entry, std::size_t bytes_max) {
    if (envelope(entry).size() > bytes_max) {
        entry.payload = cut_payload(entry.payload);
    }
}

}  // namespace orderpush::usecases
