#pragma once

#include "base/result.hpp"
#include "core/access/caller.hpp"
#include "core/access/policy.hpp"
#include "core/events/channel.hpp"
#include "core/orders/order_store.hpp"
#include "core/restaurant/menu_store.hpp"
#include "core/tables/session_store.hpp"

#include <optional>

namespace orderpush::usecases {

/// Decides who may listen to which channel, for the signing of subscriptions and for catching up
/// alike. Any thread; blocks on the stores where a channel's owner has to be looked up.
class ChannelAccess {
  public:
    ChannelAccess(MenuStore& menus, OrderStore& orders, SessionStore& sessions)
        : menus_(menus), orders_(orders), sessions_(sessions) {}

    /// Public channels are anyone's, of other channels nobody's without a caller:
    /// kUnauthenticated. Other errors as authorize() has them, and kNotFound for a channel of
    /// nothing.
    Result<void> check(const std::optional<Caller>& caller, const Channel& channel);
    /// The same for seeing who is in a presence channel: whoever may join it, and besides its
    /// restaurant's API clients.
    Result<void> check_presence(const Caller& caller, const Channel& channel);
    /// From when on a caller whom check() lets in may see what was published on the channel;
    /// nothing: from its beginning. A table outlives its parties, and none sees what the one before
    /// ordered.
    Result<std::optional<Timestamp>> seen_from(
        const std::optional<Caller>& caller, const Channel& channel
    );

  private:
    Result<Scope> scope_of(const Caller& caller, const Channel& channel);
    Result<Scope> scope_of_session(const SessionId& id);
    Result<Scope> scope_of_table(const TableId& id);
    Result<Scope> scope_of_order(const OrderId& id);
    Result<Scope> scope_of_branch(const Caller& caller, const BranchId& branch);

    MenuStore& menus_;
    OrderStore& orders_;
    SessionStore& sessions_;
};

/// One answer for what is no channel, of nothing and of another restaurant, so that nobody learns
/// what another restaurant has: kNotFound.
Error channel_unknown();

}  // namespace orderpush::usecases
