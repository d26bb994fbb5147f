#pragma once

#include "base/result.hpp"

#include <string>
#include <utility>
#include <variant>

namespace orderpush::realtime::ably {

/// What Ably's clients are told of a failure (Ably, "Error codes"). Both numbers decide what an SDK
/// does: 40140 to 40149 make it fetch another token, 5xx and DISCONNECTED make it come back, and
/// any other code in an ERROR ends the connection or the channel for good.
struct ErrorInfo {
    int code = 50000;
    /// As an HTTP status.
    int status = 500;
    std::string message;
    bool operator==(const ErrorInfo&) const = default;
};

inline bool is_token_error(const ErrorInfo& error) {
    return error.code >= 40140 && error.code < 40150;
}

/// A value, or what the client is told instead.
template <class T>
class [[nodiscard]] Checked {
  public:
    // Implicit on purpose, as Result is.
    Checked(T value) : state_(std::in_place_index<0>, std::move(value)) {}          // NOLINT
    Checked(ErrorInfo error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT

    bool has_value() const noexcept { return state_.index() == 0; }
    explicit operator bool() const noexcept { return has_value(); }
    /// Requires has_value(); std::bad_variant_access otherwise.
    T& operator*() & { return std::get<0>(state_); }
    const T& operator*() const& { return std::get<0>(state_); }
    T&& operator*() && { return std::get<0>(std::move(state_)); }
    T* operator->() { return &std::get<0>(state_); }
    const T* operator->() const { return &std::get<0>(state_); }
    /// Requires !has_value().
    const ErrorInfo& error() const { return std::get<1>(state_); }

  private:
    std::variant<T, ErrorInfo> state_;
};

}  // namespace orderpush::realtime::ably

namespace orderpush {

/// For ORDERPUSH_TRY.
template <class T>
T take_value(realtime::ably::Checked<T>&& checked) {
    return *std::move(checked);
}

}  // namespace orderpush
