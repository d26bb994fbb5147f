#pragma once

#include "base/result.hpp"
#include "core/access/caller.hpp"
#include "core/events/event_log.hpp"
#include "usecases/access/channel_access.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace orderpush::usecases {

struct CatchUpQuery {
    /// The last `seq` that the caller has; 0 for none.
    std::int64_t after = 0;
    /// 1 to 200.
    int limit = 100;
};

struct CatchUpPage {
    Channel channel;
    ChannelHistory history;
    /// Pass as `after` to go on; nothing at the end.
    std::optional<std::int64_t> next;
};

/// Gives those who missed events of a channel what they missed. Any thread; blocks on the stores.
class CatchUpService {
  public:
    CatchUpService(EventLog& events, ChannelAccess& access) : events_(events), access_(access) {}

    /// `channel_name` is the logical name. Whoever may join the channel may read it; errors as
    /// ChannelAccess::check(), but kNotFound "channel_unknown" alike for what is no channel, of
    /// nothing and of another restaurant. kGone "events_gone" with the extensions `oldestSeq` and
    /// `lastSeq` if not all behind `after` is stored: the caller reads the whole again and goes on
    /// after `lastSeq`. What was published before the caller may see it is left out of its page.
    Result<CatchUpPage> read(
        const std::optional<Caller>& caller,
        std::string_view channel_name,
        const CatchUpQuery& query
    );

  private:
    EventLog& events_;
    ChannelAccess& access_;
};

}  // namespace orderpush::usecases
