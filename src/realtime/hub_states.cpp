#include "base/guarded.hpp"
#include "realtime/hub.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace orderpush::realtime {
namespace {

ChannelState state_of(const HomeChannel& channel) {
    return {
        .channel = channel.name,
        .is_occupied = channel.is_occupied,
        .subscribers = channel.subscribers(),
        .users = channel.presence.seats().size()};
}

/// Hands over what all shards told, when the last of them has.
class Collector {
  public:
    Collector(std::size_t shards, Hub::StatesReader reader)
        : reader_(std::move(reader)), parts_(Parts{.missing = shards, .states = {}}) {}

    void add(std::vector<ChannelState> states) {
        const bool is_last = parts_.with([&](Parts& parts) {
            std::ranges::move(states, std::back_inserter(parts.states));
            return --parts.missing == 0;
        });
        if (is_last) {
            reader_(parts_.with([](Parts& parts) { return std::move(parts.states); }));
        }
    }

  private:
    struct Parts {
        std::size_t missing = 0;
        std::vector<ChannelState> states;
    };
    const Hub::StatesReader reader_;
    Guarded<Parts> parts_;
};

}  // namespace

void Hub::describe(std::string channel, StateReader reader) {
    const std::size_t home = home_of(channel);
    shards_.run_on(home, [this, home, name = std::move(channel), reader = std::move(reader)] {
        const HomeChannel* found = states_[home]->homes.find(name);
        ChannelState state = found == nullptr ? ChannelState{.channel = name} : state_of(*found);
        const ChannelCache& cache = states_[home]->cache;
        const Deadline now = std::chrono::steady_clock::now();
        state.cached = cache.find(name, now);
        state.cached_for = cache.time_left(name, now);
        reader(std::move(state));
    });
}

void Hub::list_occupied(StateFilter is_wanted, StatesReader reader) {
    const auto collector = std::make_shared<Collector>(states_.size(), std::move(reader));
    for (std::size_t shard = 0; shard < states_.size(); ++shard) {
        shards_.run_on(shard, [this, shard, collector, is_wanted] {
            std::vector<ChannelState> states;
            for (const auto& [name, channel] : states_[shard]->homes.all()) {
                if (channel.is_occupied && is_wanted(name)) {
                    states.push_back(state_of(channel));
                }
            }
            collector->add(std::move(states));
        });
    }
}

}  // namespace orderpush::realtime
