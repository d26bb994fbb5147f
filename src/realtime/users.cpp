#include "realtime/users.hpp"

#include <algorithm>

namespace orderpush::realtime {

void Users::bind(const std::string& user, Subscriber& connection) {
    auto& bound = connections_[user];
    if (std::ranges::find(bound, &connection) == bound.end()) {
        bound.push_back(&connection);
    }
}

void Users::unbind(std::string_view user, const Subscriber& connection) {
    const auto found = connections_.find(user);
    if (found == connections_.end()) {
        return;
    }
    std::erase(found->second, &connection);
    if (found->second.empty()) {
        connections_.erase(found);
    }
}

void Users::terminate(std::string_view user) const {
    const auto found = connections_.find(user);
    if (found == connections_.end()) {
        return;
    }
    // A copy: one that is told may unbind.
    const auto bound = found->second;
    for (Subscriber* connection : bound) {
        connection->on_terminated();
    }
}

std::size_t Users::count(std::string_view user) const {
    const auto found = connections_.find(user);
    return found == connections_.end() ? 0 : found->second.size();
}

}  // namespace orderpush::realtime
