#pragma once

#include "realtime/wire/close_code.hpp"
#include "realtime/wire/inflate_budget.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace orderpush::realtime {

/// The longest message a client may send, in bytes, over all its fragments.
inline constexpr std::size_t kInboundMessageBytesMax = 64 * 1024;
/// The most fragments of one: as many as it may have bytes, so that empty ones end too.
inline constexpr std::size_t kInboundFragmentsMax = kInboundMessageBytesMax;

/// One thing that a client said.
struct Inbound {
    enum class Kind {
        kText,    ///< a whole message of well-formed UTF-8
        kBinary,  ///< a whole message of bytes, where the reader takes them
        kPing,    ///< to be answered with a pong of the same payload
        kPong,    ///< a sign of life
        kClose,   ///< the peer closes; `code` is what it said, nothing for an empty close frame
        kFault,   ///< the peer broke the protocol: close with `code` and `payload` as the reason
    };
    Kind kind = Kind::kText;
    std::string_view payload = {};
    std::optional<CloseCode> code = {};
};

/// Reads the frames of one client (RFC 6455, sections 5 to 8): masks required, fragments joined,
/// control frames between them, binary refused unless it is asked for, permessage-deflate at most.
/// Knows no sockets. It unmasks in place in the caller's buffer and keeps only an unfinished frame
/// and an unfinished message: at most kInboundMessageBytesMax each and one feed, nothing when idle.
///
///     reader.feed(bytes);
///     while (const auto inbound = reader.next()) { … }
class FrameReader {
  public:
    /// `is_inflating`: permessage-deflate was agreed to, without context takeover.
    explicit FrameReader(bool is_inflating = false, bool takes_binary = false)
        : is_inflating_(is_inflating), takes_binary_(takes_binary) {}

    /// What messages inflate to is bounded by it as well, which outlives the reader.
    void bound_inflating(InflateBudget& budget) noexcept { budget_ = &budget; }

    /// `bytes` stays the caller's; it must stay valid and untouched until next() returned nothing.
    void feed(std::span<char> bytes);
    /// The next thing said; nothing when more bytes are needed. Views are valid until the next call
    /// of either function. After kClose and kFault whatever follows is ignored.
    std::optional<Inbound> next();
    /// From now on messages are passed over, without the work of reading them: the connection is
    /// to close, and only the peer's close frame still matters.
    void skip_messages();
    /// From now on everything is passed over, and what was kept is forgotten. Not between two calls
    /// of next() for one feed.
    void stop();
    /// What is kept of unfinished frames and messages, in bytes.
    std::size_t held_bytes() const noexcept { return partial_.capacity() + message_.capacity(); }

  private:
    struct Header {
        bool is_final = false;
        unsigned opcode = 0;
        bool is_compressed = false;
        std::size_t size = 0;
        std::size_t payload_size = 0;
    };
    enum class Message : unsigned char { kNone, kFragmented };

    std::optional<Inbound> fault(CloseCode code, std::string_view reason);
    std::optional<Inbound> check(unsigned first, unsigned second);
    std::optional<Inbound> accept(const Header& header, std::string_view payload);
    std::optional<Inbound> accept_message(const Header& header, std::string_view payload);
    /// Puts into `message_` what `bytes` inflate to; the fault if they do not.
    std::optional<Inbound> inflate(std::string_view bytes);
    std::optional<Inbound> accept_close(std::string_view payload);
    void keep_rest();

    /// What is still to be read: the caller's bytes, or `partial_` if something was left over
    /// before.
    std::span<char> input_;
    std::string partial_;
    std::string message_;
    std::size_t fragments_ = 0;
    bool is_inflating_;
    bool takes_binary_;
    bool is_compressed_ = false;
    bool is_skipping_ = false;
    bool is_binary_ = false;
    Message state_ = Message::kNone;
    bool is_message_returned_ = false;
    bool is_finished_ = false;
    InflateBudget* budget_ = nullptr;
};

}  // namespace orderpush::realtime
