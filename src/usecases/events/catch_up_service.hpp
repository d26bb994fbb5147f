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
    /// The last `seq` that the caller has; 0 or nothing for none.
    std::optional<std::int64_t> after = {};
    /// Of the log that `after` is a position in; nothing: the caller does not say.
    std::optional<EpochId> epoch = {};
    /// 0 to 200. With 0, and without `after`, the page says where the log stands, and nothing is
    /// missed.
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
    /// nothing and of another restaurant. kGone "events_gone" if not all behind `after` is stored,
    /// "epoch_changed" if it is a position in the log of another epoch, "position_unknown" if it is
    /// beyond the end; each with the extensions `epoch`, `oldestSeq`, `lastSeq` and, where there is
    /// such a document, `href`: the caller reads the whole again and goes on behind its position.
    /// What was published before the caller may see it is left out of its page.
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
