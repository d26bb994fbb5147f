#include "realtime/socketio/session_ids.hpp"

#include "base/crypto/crypto.hpp"

namespace orderpush::realtime {
namespace {

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static_assert(kDigits.size() == kSessionShardsMax);
constexpr std::size_t kRandomBytes = 17;
/// Base64url of them.
constexpr std::size_t kRandomSize = 23;

std::string prefix_of(std::string_view instance) {
    return instance.empty() ? std::string{} : std::string{instance} + ".";
}

}  // namespace

std::string make_session_id(std::string_view instance, std::size_t shard) {
    return prefix_of(instance) + kDigits.at(shard) + random_token(kRandomBytes);
}

std::optional<std::size_t> shard_of_session(
    std::string_view id, std::string_view instance, std::size_t shard_count
) {
    const std::string prefix = prefix_of(instance);
    if (!id.starts_with(prefix) || id.size() != prefix.size() + 1 + kRandomSize) {
        return std::nullopt;
    }
    const std::size_t shard = kDigits.find(id[prefix.size()]);
    return shard < shard_count ? std::optional{shard} : std::nullopt;
}

}  // namespace orderpush::realtime
