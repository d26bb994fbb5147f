#pragma once

#include "base/timestamp.hpp"

#include <boost/intrusive/set_hook.hpp>

namespace orderpush::realtime {

/// A client's place among those of its shard in the order of what is due (ClientTable), inside of
/// the client itself, which takes less memory than a node of its own.
struct ClientTimer : public boost::intrusive::set_base_hook<boost::intrusive::optimize_size<true>> {
    /// When the client is looked at next.
    Deadline due = Deadline::max();
};

}  // namespace orderpush::realtime
