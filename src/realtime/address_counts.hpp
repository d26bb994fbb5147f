#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>

namespace orderpush::realtime {

/// How many connections each client address has. Holds no address without one, so it is bounded by
/// the connections. Not synchronised.
class AddressCounts {
  public:
    /// An address and its count: what a connection keeps. Valid until it was removed as often as it
    /// was added.
    using Entry = std::unordered_map<std::string, std::size_t>::value_type;

    /// One more of that address.
    Entry* add(const std::string& address) {
        Entry& entry = *counts_.try_emplace(address, 0).first;
        ++entry.second;
        return &entry;
    }
    void remove(Entry* entry) {
        if (--entry->second == 0) {
            counts_.erase(counts_.find(entry->first));
        }
    }
    std::size_t size() const noexcept { return counts_.size(); }

  private:
    std::unordered_map<std::string, std::size_t> counts_;
};

}  // namespace orderpush::realtime
