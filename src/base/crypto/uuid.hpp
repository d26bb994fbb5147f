#pragma once

#include <array>
#include <atomic>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace orderpush {

class Clock;

/// A UUID as 16 bytes in network order. Default: the nil UUID.
struct Uuid {
    std::array<std::uint8_t, 16> bytes{};

    auto operator<=>(const Uuid&) const = default;
    bool is_nil() const noexcept { return *this == Uuid{}; }
};

/// Lower-case 8-4-4-4-12 form (RFC 9562, section 4).
std::string to_string(const Uuid& uuid);
/// Accepts the 8-4-4-4-12 form in either case, nothing else.
std::optional<Uuid> parse_uuid(std::string_view text);

/// A UUID that names one kind of thing, so that two kinds cannot be swapped.
template <class Tag>
struct Id {
    Uuid value;

    auto operator<=>(const Id&) const = default;
};

template <class Tag>
std::string to_string(const Id<Tag>& id) {
    return to_string(id.value);
}

template <class SomeId>
std::optional<SomeId> parse_id(std::string_view text) {
    const auto uuid = parse_uuid(text);
    return uuid ? std::optional<SomeId>{SomeId{*uuid}} : std::nullopt;
}

/// Makes new ids, replaceable in tests. Any thread.
class IdSource {
  public:
    IdSource() = default;
    IdSource(const IdSource&) = delete;
    IdSource& operator=(const IdSource&) = delete;
    virtual ~IdSource() = default;
    virtual Uuid next() = 0;

    template <class SomeId>
    SomeId make() {
        return SomeId{next()};
    }
};

/// UUID version 7 (RFC 9562, section 5.7): 48 bits of Unix milliseconds, a 12-bit counter within
/// the millisecond (section 6.2, method 1), 62 random bits. Ids of one source sort in the order in
/// which they were made. The clock must outlive the source. Any thread.
class UuidV7Source final : public IdSource {
  public:
    explicit UuidV7Source(const Clock& clock) : clock_(clock) {}
    Uuid next() override;

  private:
    /// Milliseconds and counter in one number; past the counter's end it borrows from the future.
    std::uint64_t next_instant();

    const Clock& clock_;
    std::atomic<std::uint64_t> last_instant_{0};
};

}  // namespace orderpush

template <>
struct std::hash<orderpush::Uuid> {
    std::size_t operator()(const orderpush::Uuid& uuid) const noexcept {
        return std::hash<std::string_view>{}(
            {reinterpret_cast<const char*>(uuid.bytes.data()), uuid.bytes.size()}
        );
    }
};

template <class Tag>
struct std::hash<orderpush::Id<Tag>> {
    std::size_t operator()(const orderpush::Id<Tag>& id) const noexcept {
        return std::hash<orderpush::Uuid>{}(id.value);
    }
};
