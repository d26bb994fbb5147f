#pragma once

#include "realtime/sockets/message_budget.hpp"

#include <chrono>
#include <cstddef>
#include <string>

namespace orderpush::realtime::ably {

struct AblyOptions {
    /// Whether it is spoken at all: its clients hear what reaches the hub, and nothing else.
    bool is_served = true;
    /// Clients drop a connection that is silent for this, and what they have patience for beyond.
    std::chrono::milliseconds idle_interval{15'000};
    /// For how long a connection that was lost can be resumed.
    std::chrono::milliseconds connection_state_ttl{120'000};
    /// For how long its members stay.
    std::chrono::milliseconds remain_present{15'000};
    /// How long before a token's end its bearer is asked for another one.
    std::chrono::milliseconds renewal_lead{30'000};
    /// Channels of one connection; clients whom it presents.
    std::size_t attachments_max = 200;
    std::size_t members_max = 250;
    /// Messages of one connection whose answer is still to come, or is kept for when it resumes.
    std::size_t answers_max = 1'024;
    /// What waits for a channel whose history is being read, in bytes of one attachment.
    std::size_t held_bytes_max = 256U * 1024U;
    /// Events of a channel of the restaurant that are sent again at once.
    int replay_events_max = 400;
    /// Connections that were lost and may be resumed, on each shard; beyond it the longest lost one
    /// is given up.
    std::size_t lost_max = 20'000;
    /// MESSAGE and PRESENCE frames of one connection.
    MessageRate publishes = rate_with_burst(50);
    /// Who serves, for CONNECTED.
    std::string server_id = "orderpush";
    /// How exactly times are kept.
    std::chrono::milliseconds tick{100};
};

}  // namespace orderpush::realtime::ably
