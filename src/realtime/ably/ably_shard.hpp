#pragma once

#include "base/clock.hpp"
#include "realtime/ably/ably_options.hpp"
#include "realtime/ably/access/ably_authenticator.hpp"
#include "realtime/ably/channel_codec.hpp"
#include "realtime/ably/members.hpp"
#include "realtime/ably/recorded_events.hpp"
#include "realtime/ably/rest/recent_publishes.hpp"
#include "realtime/event_loop/io_shards.hpp"
#include "realtime/hub/hub.hpp"

#include <cstddef>

namespace orderpush::realtime::ably {

class SessionTable;

/// What the connections of one shard share. Outlives them.
struct AblyShard {
    IoShards& shards;
    std::size_t index = 0;
    Hub& hub;
    const AblyAuthenticator& authenticator;
    MemberSets& members;
    RecentPublishes& recent;
    /// Null: channels of the restaurant have the hub's log only.
    RecordedEvents* events = nullptr;
    const AblyOptions& options;
    const Clock& clock;
    SessionTable& sessions;
    const AblyCodec& json;
    const AblyCodec& msgpack;

    const AblyCodec& codec(Format format) const { return format == Format::kJson ? json : msgpack; }
};

}  // namespace orderpush::realtime::ably
