#include "base/guarded.hpp"
#include "realtime/hub/hub.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace orderpush::realtime {
namespace {

/// Hands over the states of all shards, when the last of them has given its own.
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

ChannelState Hub::state_at_home(std::size_t home, const std::string& channel) const {
    const HomeChannel* own = states_[home]->homes.find(channel);
    const std::size_t subscribers = subscribers_at_home(home, channel);
    return {
        .channel = channel,
        .is_occupied = subscribers > 0 || (own != nullptr && own->is_occupied),
        .subscribers = subscribers,
        .users = memberships_at_home(home, channel).size()};
}

void Hub::describe(std::string channel, StateReader reader) {
    const std::size_t home = home_of(channel);
    shards_.run_on(home, [this, home, name = std::move(channel), reader = std::move(reader)] {
        ChannelState state = state_at_home(home, name);
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
            HomeChannels& homes = states_[shard]->homes;
            for (const auto& [name, channel] : homes.all()) {
                if (channel.is_occupied && is_wanted(name)) {
                    states.push_back(state_at_home(shard, name));
                }
            }
            for (const std::string& name : states_[shard]->remote.channels()) {
                const HomeChannel* own = homes.find(name);
                const bool is_listed = own != nullptr && own->is_occupied;
                if (!is_listed && is_wanted(name)) {
                    states.push_back(state_at_home(shard, name));
                }
            }
            collector->add(std::move(states));
        });
    }
}

void Hub::read_log(std::string channel, LogReader reader) {
    const std::size_t home = home_of(channel);
    shards_.run_on(home, [this, home, name = std::move(channel), reader = std::move(reader)] {
        reader(states_[home]->homes.read_log(name, std::chrono::steady_clock::now()));
    });
}

void Hub::read_cached(std::string channel, CacheReader reader) {
    const std::size_t home = home_of(channel);
    shards_.run_on(home, [this, home, name = std::move(channel), reader = std::move(reader)] {
        reader(states_[home]->cache.find(name, std::chrono::steady_clock::now()));
    });
}

}  // namespace orderpush::realtime
