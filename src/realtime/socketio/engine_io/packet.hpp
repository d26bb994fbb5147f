#pragma once

#include "realtime/wire/frame.hpp"

#include <optional>
#include <string>
#include <string_view>

/// Engine.IO 4: its packets, and how long polls carry them.
namespace orderpush::realtime {

enum class EnginePacketType : char {
    kOpen = '0',
    kClose = '1',
    kPing = '2',
    kPong = '3',
    kMessage = '4',
    kUpgrade = '5',
    kNoop = '6',
    kBinary = 'b',  ///< a message of bytes, where there is no binary frame
};

struct EnginePacket {
    EnginePacketType type = EnginePacketType::kNoop;
    /// What stands behind the type; of kBinary the bytes, decoded. A view of the text that was
    /// decoded, or of `bytes`.
    std::string_view data() const noexcept { return bytes ? std::string_view{*bytes} : text; }

    std::string_view text = {};
    std::optional<std::string> bytes = {};
};

/// One packet as a text frame or a part of a poll carries it; nothing for what is none.
std::optional<EnginePacket> decode_engine_packet(std::string_view text);

/// Between the packets of a poll.
inline constexpr char kEngineSeparator = '\x1e';

/// The packets of a POST, one by one.
class EnginePayload {
  public:
    explicit EnginePayload(std::string_view body) noexcept : rest_(body) {}

    /// The text of the next one, which may be empty; nothing at the end.
    std::optional<std::string_view> next() noexcept;

  private:
    std::string_view rest_;
    bool is_finished_ = false;
};

/// Appends the packets of text frames that a server sends, as a poll carries them. `frames` may be
/// several behind one another (Frame::joined). What they were encoded to once is shared by both
/// transports.
void append_engine_packets(std::string& body, const Frame& frames);

}  // namespace orderpush::realtime
