#include "main/push_streams.hpp"

#include <thread>
#include <utility>

namespace orderpush {

struct PushStreams::Stream {
    Stream(
        std::string name,
        const std::vector<PushAdapter*>& adapters,
        const Clock& clock,
        const PushStreamsOptions& options
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

PushStreams::PushStreams(
    const std::vector<PushAdapter*>& adapters, const Clock& clock, PushStreamsOptions options
)
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

PushStreams::~PushStreams() {
    stop();
}

std::vector<std::string> PushStreams::names() const {
    std::vector<std::string> names;
    for (const auto& stream : streams_) {
        names.emplace_back(stream->adapter.name());
    }
    return names;
}

void PushStreams::observe(usecases::RelayObserver& observer) {
    for (const auto& stream : streams_) {
        stream->relay.observe(observer);
    }
}

void PushStreams::start() {
    for (const auto& stream : streams_) {
        stream->relay.start();
    }
}

void PushStreams::stop() {
    std::vector<std::jthread> stopping;  // joined at the end
    for (const auto& stream : streams_) {
        stopping.emplace_back([&relay = stream->relay] { relay.stop(); });
    }
}

void PushStreams::notify() noexcept {
    for (const auto& stream : streams_) {
        stream->relay.notify();
    }
}

std::string PushStreams::mode() const {
    return mode_ == PushMode::kMirror ? "mirror" : "failover";
}

std::vector<usecases::AdapterState> PushStreams::states() const {
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
std::size_t PushStreams::in_force() const {
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
