#include "realtime/ably/access/client_identity.hpp"

#include "realtime/ably/access/refusal.hpp"
#include "realtime/wire/utf8.hpp"

#include <algorithm>
#include <utility>

namespace orderpush::realtime::ably {
namespace {

constexpr std::string_view kAny = "*";

bool is_client_id(std::string_view id) {
    const bool has_control =
        std::ranges::any_of(id, [](char c) { return static_cast<unsigned char>(c) < 0x20U; });
    return !id.empty() && id.size() <= ClientIdentity::kBytesMax && id != kAny && !has_control &&
           is_utf8(id);
}

ErrorInfo invalid_id() {
    return refusal(code::kInvalidClientId, "Invalid clientId");
}

}  // namespace

ClientIdentity ClientIdentity::any() {
    ClientIdentity identity;
    identity.is_any_ = true;
    return identity;
}

ClientIdentity ClientIdentity::of(std::string id) {
    ClientIdentity identity;
    identity.id_ = std::move(id);
    return identity;
}

Checked<ClientIdentity> ClientIdentity::parse(const std::optional<std::string>& id) {
    if (!id) {
        return ClientIdentity{};
    }
    if (*id == kAny) {
        return any();
    }
    return is_client_id(*id) ? Checked<ClientIdentity>{of(*id)} : invalid_id();
}

std::optional<std::string> ClientIdentity::shown() const {
    if (is_any_) {
        return std::string{kAny};
    }
    return id_.empty() ? std::nullopt : std::optional{id_};
}

Checked<ClientIdentity> ClientIdentity::claiming(const std::optional<std::string>& claimed) const {
    if (!claimed) {
        return *this;
    }
    if (!is_client_id(*claimed)) {
        return invalid_id();
    }
    if (is_any_ || id_ == *claimed) {
        return of(*claimed);
    }
    return refusal(
        code::kIncompatibleCredentials,
        "Incompatible credentials: the token is for another clientId"
    );
}

Checked<std::string> ClientIdentity::stamp(const std::optional<std::string>& stated) const {
    if (!stated) {
        return id_;
    }
    const bool may_be = is_any_ ? is_client_id(*stated) : !id_.empty() && id_ == *stated;
    return may_be ? Checked<std::string>{*stated} : invalid_id();
}

}  // namespace orderpush::realtime::ably
