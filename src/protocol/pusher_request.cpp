#include "protocol/pusher_request.hpp"

#include "base/crypto/crypto.hpp"

namespace orderpush::protocol {
namespace {

std::string joined(const PusherParameters& parameters) {
    std::string text;
    for (const auto& [name, value] : parameters) {
        text += (text.empty() ? "" : "&") + name + '=' + value;
    }
    return text;
}

}  // namespace

std::string request_string_to_sign(
    std::string_view method, std::string_view path, const PusherParameters& parameters
) {
    std::string text{method};
    text.append("\n").append(path).append("\n");
    return text += joined(parameters);
}

std::string signed_query(
    const PusherApp& app,
    std::string_view method,
    std::string_view path,
    std::string_view body,
    Timestamp now,
    PusherParameters parameters
) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch();
    parameters["auth_key"] = app.key;
    parameters["auth_timestamp"] = std::to_string(seconds.count());
    parameters["auth_version"] = "1.0";
    if (!body.empty()) {
        parameters["body_md5"] = md5_hex(body);
    }
    const std::string text = request_string_to_sign(method, path, parameters);
    // Nothing in it needs percent-encoding: a key has letters, digits, '-' and '_' only, and so
    // have the further parameters.
    return joined(parameters) + "&auth_signature=" + hmac_sha256_hex(app.secret, text);
}

}  // namespace orderpush::protocol
