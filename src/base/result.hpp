#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace orderpush {

/// What went wrong, as far as code has to tell cases apart. Closed: `http` maps each to one status.
enum class ErrorKind {
    kMalformed,        ///< not parseable at all
    kInvalid,          ///< parseable, but a field is wrong; `Error::field_errors` names it
    kUnauthenticated,  ///< no or bad proof of identity
    kForbidden,        ///< identity known, action not allowed
    kNotFound,
    kConflict,            ///< the current state does not allow it
    kPreconditionFailed,  ///< a version named by the caller is no longer current
    kGone,                ///< it was there, and is not stored any longer
    kTooLarge,
    kRateLimited,
    kUnavailable,  ///< a part we depend on is away; trying again later can help
    kTimeout,
    kInternal,
};

/// One wrong input field. `field` is a path such as `items[2].quantity`.
struct FieldError {
    std::string field;
    std::string message;
};

/// A failure a caller can meet in normal life.
struct Error {
    ErrorKind kind = ErrorKind::kInternal;
    /// Stable machine word for clients, e.g. "session_closed": `code` of the problem document.
    std::string code;
    /// For the client; never a secret, never text of a library.
    std::string message;
    /// For the log only.
    std::string detail = {};
    std::vector<FieldError> field_errors = {};
    /// Extension members of the problem document (RFC 9457, 3.2), e.g. {"currentStatus", "ready"}.
    std::vector<std::pair<std::string, std::variant<std::string, std::int64_t>>> extensions = {};
    std::optional<std::chrono::seconds> retry_after = {};
};

/// kInvalid "invalid_fields" with these field errors.
inline Error invalid_fields(std::vector<FieldError> field_errors) {
    return {
        .kind = ErrorKind::kInvalid,
        .code = "invalid_fields",
        .message = "The request has fields that cannot be accepted.",
        .field_errors = std::move(field_errors)};
}

/// A value or an Error. Member names are those of std::expected, to which it becomes an alias one
/// day.
template <class T>
class [[nodiscard]] Result {
  public:
    // Implicit on purpose: `return value;` and `return Error{…};` are how results are made.
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT

    bool has_value() const noexcept { return state_.index() == 0; }
    explicit operator bool() const noexcept { return has_value(); }

    /// Requires has_value(); std::bad_variant_access otherwise.
    T& value() & { return std::get<0>(state_); }
    const T& value() const& { return std::get<0>(state_); }
    T&& value() && { return std::get<0>(std::move(state_)); }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

    /// Requires !has_value(); std::bad_variant_access otherwise.
    const Error& error() const& { return std::get<1>(state_); }
    Error&& error() && { return std::get<1>(std::move(state_)); }

  private:
    std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
  public:
    Result() = default;
    Result(Error error) : error_(std::move(error)) {}  // NOLINT

    bool has_value() const noexcept { return !error_.has_value(); }
    explicit operator bool() const noexcept { return has_value(); }
    /// Requires !has_value(); std::bad_optional_access otherwise.
    const Error& error() const& { return error_.value(); }
    Error&& error() && { return std::move(error_).value(); }

  private:
    std::optional<Error> error_;
};

/// What ORDERPUSH_TRY yields; nothing for a Result<void>.
template <class T>
T take_value(Result<T>&& result) {
    return std::move(result).value();
}
inline void take_value(Result<void>&&) {}

/// The value of `expression`, a Result; if it holds an error, the calling function returns that.
///     const Order order = ORDERPUSH_TRY(store.find(id));
/// A statement expression, which gcc and clang know, so that it can stand where a value is needed.
/// Its variable is numbered, because one may stand in a lambda within another.
#define ORDERPUSH_TRY(...) ORDERPUSH_TRY_EXPANDED(__COUNTER__, __VA_ARGS__)
#define ORDERPUSH_TRY_EXPANDED(number, ...) ORDERPUSH_TRY_NUMBERED(number, __VA_ARGS__)
#define ORDERPUSH_TRY_NUMBERED(number, ...)                  \
    __extension__({                                          \
        auto result_##number = __VA_ARGS__;                  \
        if (!result_##number) {                              \
            return std::move(result_##number).error();       \
        }                                                    \
        ::orderpush::take_value(std::move(result_##number)); \
    })

}  // namespace orderpush
