#pragma once

#include "base/guarded.hpp"
#include "core/pusher_apps/pusher_app_store.hpp"

#include <map>

namespace orderpush::test {

/// The applications in memory.
class MemoryPusherAppStore final : public PusherAppStore {
  public:
    Result<void> add(const HostedApp& app, Timestamp now) override;
    Result<std::vector<HostedApp>> list(int limit) override;
    Result<void> set_disabled(const std::string& id, bool is_disabled) override;
    Result<void> remove(const std::string& id) override;

  private:
    Guarded<std::map<std::string, HostedApp>> apps_;
};

}  // namespace orderpush::test
