#pragma once

#include "base/threads/worker.hpp"
#include "core/delivery/outbox.hpp"
#include "core/delivery/push_adapter.hpp"
#include "main/settings/settings.hpp"
#include "usecases/delivery/adapter_states.hpp"
#include "usecases/delivery/failover_adapter.hpp"
#include "usecases/delivery/outbox_relay.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace orderpush {

struct RelaysOptions {
    PushMode mode = PushMode::kFailover;
    /// For the streams of a mirror. Nothing: they skip nothing.
    std::optional<std::chrono::seconds> mirror_skip_after = {};
    /// An outbox for each relay; called in the constructor.
    std::function<std::unique_ptr<Outbox>()> make_outbox;
    /// As FailoverAdapter::OnChanged, for a failover of several.
    usecases::FailoverAdapter::OnChanged on_changed;
    usecases::RelayOptions relay = {};
    usecases::FailoverOptions failover = {};
    usecases::DeliveryMetrics metrics = {};
};

/// The relays of all streams with their circuits: one stream for all adapters of a failover, named
/// "failover" (of one adapter alone: as the adapter), one per adapter of a mirror.
class Relays final : public OutboxSignal, public usecases::AdapterStates {
  public:
    /// `adapters` in order of preference, at least one; they and `clock` outlive this.
    Relays(const std::vector<PushAdapter*>& adapters, const Clock& clock, RelaysOptions options);
    ~Relays() override;

    /// What RelayStreams::set() wants.
    std::vector<std::string> names() const;
    /// As OutboxRelay::observe(), of all relays.
    void observe(usecases::RelayObserver& observer);
    void start();
    /// All at once; as OutboxRelay::stop().
    void stop();
    void notify() noexcept override;
    std::vector<const Worker*> workers() const;

    std::string mode() const override;
    std::vector<usecases::AdapterState> states() const override;
    /// The place of the adapter that clients should listen to.
    std::size_t in_force() const;

  private:
    struct Stream;

    const PushMode mode_;
    std::vector<std::unique_ptr<Stream>> streams_;
};

}  // namespace orderpush
