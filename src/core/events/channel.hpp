#pragma once

#include "core/ids.hpp"

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orderpush {

/// Who may listen, in the sense of every provider: anyone, the authorized, the authorized who also
/// see each other.
enum class ChannelKind { kPublic, kPrivate, kPresence };

/// The audiences of the product; each names the entity whose id stands behind the colon.
enum class Audience { kKitchen, kWaiters, kTables, kSession, kTable, kOrder, kMenu };

/// "kitchen", "waiters", …
std::string_view to_string(Audience audience) noexcept;

/// A logical channel of the restaurant, "kitchen:{branchId}". Adapters own the provider's spelling
/// of it.
class Channel {
  public:
    static Channel kitchen(BranchId branch) { return {Audience::kKitchen, branch.value}; }
    static Channel waiters(BranchId branch) { return {Audience::kWaiters, branch.value}; }
    static Channel tables(BranchId branch) { return {Audience::kTables, branch.value}; }
    static Channel session(SessionId session) { return {Audience::kSession, session.value}; }
    static Channel table(TableId table) { return {Audience::kTable, table.value}; }
    static Channel order(OrderId order) { return {Audience::kOrder, order.value}; }
    static Channel menu(BranchId branch) { return {Audience::kMenu, branch.value}; }

    /// From the logical name; nothing if it is none of the above.
    static std::optional<Channel> parse(std::string_view name);
    /// From the two halves of a name, as in "kitchen" and the UUID.
    static std::optional<Channel> from_parts(std::string_view audience_word, std::string_view id);

    Audience audience() const noexcept { return audience_; }
    /// The branch, session, table or order behind the colon.
    const Uuid& subject() const noexcept { return subject_; }
    ChannelKind kind() const noexcept;
    /// "kitchen", "waiters", …
    std::string_view audience_word() const noexcept;
    /// "kitchen:0190…"; 47 characters at most.
    std::string name() const;

    auto operator<=>(const Channel&) const = default;

  private:
    Channel(Audience audience, const Uuid& subject) : audience_(audience), subject_(subject) {}

    Audience audience_;
    Uuid subject_;
};

}  // namespace orderpush
