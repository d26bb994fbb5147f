#include "main/delivery/relays.hpp"

#include <utility>

namespace orderpush {

struct Relays::Stream {
    Stream(
        std::string name,
        const std::vector<PushAdapter*>& adapters,
        const Clock& clock,
        const RelaysOptions& options
    )
        : outbox(options.make_outbox()),
          adapter(std::move(name), adapters, clock, options.failover),
          relay(*outbox, adapter, clock, options.relay) {
        if (adapters.size() > 1) {
            adapter.on_changed(options.on_changed);
        }
    }

    std::unique_ptr<Outbox> outbox;
    usecases::FailoverAdapter adapter;
    usecases::OutboxRelay relay;
};

Relays::Relays(const std::vector<PushAdapter*>& adapters, const Clock& clock, RelaysOptions options)
    : mode_(options.mode) {
    options.relay.metrics = options.metrics;
    options.failover.metrics = options.metrics;
    if (mode_ == PushMode::kMirror) {
        options.relay.skip_after = options.mirror_skip_after;
        for (PushAdapter* adapter : adapters) {
            streams_.push_back(std::make_unique<Stream>(
                std::string{adapter->name()}, std::vector{adapter}, clock, options
            ));
        }
        return;
    }
    const bool is_alone = adapters.size() == 1;
    std::string name = is_alone ? std::string{adapters.front()->name()} : "failover";
    streams_.push_back(std::make_unique<Stream>(std::move(name), adapters, clock, options));
}

Relays::~Relays() {
    stop();
}

std::vector<std::string> Relays::names() const {
    std::vector<std::string> names;
    for (const auto& stream : streams_) {
        names.emplace_back(stream->adapter.name());
    }
    return names;
}

void Relays::observe(usecases::RelayObserver& observer) {
    for (const auto& stream : streams_) {
        stream->relay.observe(observer);
    }
}

void Relays::start() {
    for (const auto& stream : streams_) {
        stream->relay.start();
    }
}

void Relays::stop() {
    for (const auto& stream : streams_) {
        stream->relay.request_stop();
    }
    for (const auto& stream : streams_) {
        stream->relay.stop();
    }
}

void Relays::notify() noexcept {
    for (const auto& stream : streams_) {
        stream->relay.notify();
    }
}

std::vector<const Worker*> Relays::workers() const {
    std::vector<const Worker*> all;
    for (const auto& stream : streams_) {
        all.push_back(&stream->relay.worker());
    }
    return all;
}

std::string Relays::mode() const {
    return mode_ == PushMode::kMirror ? "mirror" : "failover";
}

std::vector<usecases::AdapterState> Relays::states() const {
    std::vector<usecases::AdapterState> states;
    for (const auto& stream : streams_) {
        for (const auto& member : stream->adapter.members()) {
            states.push_back(
                {.name = std::string{member.name},
                 .stream = std::string{stream->adapter.name()},
                 .circuit = member.circuit}
            );
        }
    }
    states.at(in_force()).is_in_force = true;
    return states;
}

/// Of a mirror the first that is well: what another one gets is the same.
std::size_t Relays::in_force() const {
    if (streams_.size() == 1) {
        return streams_.front()->adapter.in_force();
    }
    for (std::size_t i = 0; i < streams_.size(); ++i) {
        const auto members = streams_[i]->adapter.members();
        if (members.front().circuit.state == usecases::CircuitState::kClosed) {
            return i;
        }
    }
    return 0;
}

}  // namespace orderpush
