#include "realtime/ably/access/used_nonces.hpp"

#include "base/crypto/crypto.hpp"

namespace orderpush::realtime::ably {

UsedNonces::Use UsedNonces::use(std::string_view key_name, std::string_view nonce, Timestamp now) {
    // No key's name has a newline.
    std::string hash = sha256_hex(std::string{key_name} + '\n' + std::string{nonce});
    return state_.with([&](State& state) {
        while (!state.order.empty() && state.order.front().first + kept_ < now) {
            state.known.erase(state.order.front().second);
            state.order.pop_front();
        }
        if (state.known.contains(hash)) {
            return Use::kAgain;
        }
        if (state.known.size() >= kCountMax) {
            return Use::kFull;
        }
        state.order.emplace_back(now, hash);
        state.known.insert(std::move(hash));
        return Use::kFirst;
    });
}

}  // namespace orderpush::realtime::ably
