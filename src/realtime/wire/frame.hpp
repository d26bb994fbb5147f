#pragma once

#include "realtime/wire/close_code.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

namespace orderpush::realtime {

/// Bytes ready for the wire, immutable and shared: header and payload in one allocation, made once
/// and referenced by every connection that sends them. Copying is cheap; any thread.
class Frame {
  public:
    Frame() = default;
    /// Unmasked WebSocket frames as a server sends them (RFC 6455, section 5). They are
    /// sent whole, never fragmented.
    static Frame text(std::string_view payload);
    static Frame binary(std::string_view payload);
    /// Without a payload.
    static Frame ping();
    /// `payload` is at most 125 bytes.
    static Frame pong(std::string_view payload);
    /// `reason` is cut to the 123 bytes that fit, at a character boundary.
    static Frame close(CloseCode code, std::string_view reason);
    /// The empty close frame.
    static Frame close();
    /// Bytes as they are: the handshake's answer.
    static Frame raw(std::string_view bytes);

    /// These frames, of which there is one at least, behind one another.
    static Frame joined(std::span<const Frame> frames);

    /// The same text compressed (RFC 7692), for connections that agreed to that; itself if that
    /// makes it no smaller.
    Frame deflated() const;

    std::string_view bytes() const noexcept { return {bytes_.get(), size_}; }

  private:
    Frame(std::shared_ptr<const char[]> bytes, std::size_t size)
        : bytes_(std::move(bytes)), size_(size) {}
    static Frame encode(unsigned opcode, std::string_view payload);

    std::shared_ptr<const char[]> bytes_;
    std::size_t size_ = 0;
};

/// Takes the first of some frames that were made here, behind one another, off the front: its
/// payload.
std::string_view take_frame_payload(std::string_view& frames) noexcept;

}  // namespace orderpush::realtime
