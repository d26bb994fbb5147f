#pragma once

#include "realtime/ably/messages/error_info.hpp"
#include "realtime/ably/messages/wire_value.hpp"
#include "realtime/hub/channel_codec.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace orderpush::realtime::ably {

/// What became of a MESSAGE or PRESENCE frame.
struct Answer {
    std::optional<ErrorInfo> error = {};
    /// Of what was published; `count` messages, none of PRESENCE.
    MessageStamp stamp = {};
    std::size_t count = 0;
};

/// The answers that a connection owes for its frames with a msgSerial: given in ascending order,
/// once on each transport, and kept for those that the client sends again when it resumes.
class Answers {
  public:
    enum class Begin : std::uint8_t {
        kNew,
        /// It was handled before: nothing is to be done but to answer.
        kRepeated,
        /// Kept answers are as many as may be, and none of them is settled.
        kFull,
    };

    explicit Answers(std::size_t max) : max_(max) {}

    Begin begin(std::int64_t msg_serial);
    /// Of a frame that began; once.
    void settle(std::int64_t msg_serial, Answer answer);
    /// ACK and NACK frames that can be sent now, in order.
    std::vector<Value> take_due();
    /// The client is on another connection: nothing is answered that it does not ask again.
    void begin_transport();
    bool is_idle() const noexcept { return kept_.empty(); }

  private:
    struct Kept {
        std::int64_t msg_serial = 0;
        MessageStamp stamp = {};
        std::uint32_t count = 0;
        bool is_settled = false;
        /// Asked for, and answered, on this transport.
        bool is_wanted = true;
        bool is_sent = false;
        /// Null: it was taken.
        std::unique_ptr<ErrorInfo> error = nullptr;
    };
    Kept* find(std::int64_t msg_serial);

    const std::size_t max_;
    std::int64_t last_serial_ = -1;
    /// By msgSerial.
    std::vector<Kept> kept_;
};

}  // namespace orderpush::realtime::ably
