#include "realtime/ably/access/credentials.hpp"

#include "base/crypto/crypto.hpp"
#include "base/text.hpp"
#include "realtime/ably/access/refusal.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace orderpush::realtime::ably {
namespace {

std::optional<std::string> parameter(const FormFields& query, std::string_view name) {
    const auto found = std::ranges::find(query, name, &FormFields::value_type::first);
    return found == query.end() ? std::nullopt : std::optional{found->second};
}

ErrorInfo invalid(std::string message) {
    return refusal(code::kInvalidCredentials, std::move(message));
}

/// The SDKs send a token in base64, others as it is. Only a JWT has exactly two dots, and base64
/// has none.
std::string token_in(std::string_view text) {
    if (std::ranges::count(text, '.') == 2) {
        return std::string{text};
    }
    return decode_base64(text).value_or(std::string{text});
}

std::optional<ErrorInfo> read_authorization(std::string_view header, Credentials& credentials) {
    const auto space = std::min(header.find(' '), header.size());
    const std::string scheme = in_lower_case(header.substr(0, space));
    const std::string_view value = trimmed(header.substr(space));
    if (scheme == "bearer") {
        credentials.token = token_in(value);
        return {};
    }
    if (scheme != "basic") {
        return invalid("The header Authorization must be Basic or Bearer");
    }
    auto key = decode_base64(value);
    if (!key) {
        return invalid("The header Authorization is not in base64");
    }
    credentials.key = std::move(*key);
    return {};
}

}  // namespace

Credentials credentials_in(const FormFields& query) {
    Credentials credentials{
        .key = parameter(query, "key"),
        .token = parameter(query, "access_token"),
        .client_id = parameter(query, "clientId")};
    if (!credentials.token) {
        credentials.token = parameter(query, "accessToken");
    }
    return credentials;
}

Checked<Credentials> credentials_of(const protocol::HttpRequest& request, const FormFields& query) {
    Credentials credentials = credentials_in(query);
    if (const auto header = request.header("Authorization"); !header.empty()) {
        credentials.key.reset();
        credentials.token.reset();
        if (auto wrong = read_authorization(header, credentials)) {
            return *std::move(wrong);
        }
    }
    if (const auto header = request.header("X-Ably-ClientId"); !header.empty()) {
        credentials.client_id = decode_base64(header);
        if (!credentials.client_id) {
            return refusal(code::kInvalidClientId, "The header X-Ably-ClientId is not in base64");
        }
    }
    return credentials;
}

}  // namespace orderpush::realtime::ably
