#include "realtime/sockets/connection.hpp"

#include "base/coarse_clock.hpp"
#include "realtime/sockets/connection_shard.hpp"
#include "realtime/wire/handshake.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <utility>
#include <variant>

namespace orderpush::realtime {
namespace {

constexpr std::size_t kGatherMax = 64;
/// Of one connection, of what it has begun to send and of what waits for it: most messages, so that
/// these pass whatever others do.
constexpr std::size_t kUncountedBytes = 4 * 1024;
/// Reads in one turn of the loop, so that one busy client does not hold up the others.
constexpr int kReadsPerTurnMax = 4;
/// The same of a connection whose bytes may come to sixteen times as many, in one read.
constexpr std::size_t kDeflatedReadBytes = 16 * 1024;
/// Of one connection, beyond what is free. A burst of it takes milliseconds to inflate and read.
constexpr InflateBudget::Rate kInflateRate{
    .bytes_per_second = 128 * 1024, .burst_bytes = 512 * 1024};

bool would_block() {
    return errno == EAGAIN;
}

/// What the socket takes of these without waiting; -1 and errno if it takes nothing.
ssize_t send_now(int socket, std::span<iovec> slots) {
    constexpr int kFlags = MSG_NOSIGNAL | MSG_DONTWAIT;
    if (slots.size() == 1) {  // the kernel has less to read than with a list of one
        return ::send(socket, slots[0].iov_base, slots[0].iov_len, kFlags);
    }
    msghdr message{};
    message.msg_iov = slots.data();
    message.msg_iovlen = slots.size();
    return ::sendmsg(socket, &message, kFlags);
}

}  // namespace

Connection::Connection(
    ConnectionShard& shard,
    UniqueFd socket,
    std::unique_ptr<TlsSession> tls,
    AddressCounts::Entry* address
)
    : shard_(shard),
      tls_(std::move(tls)),
      socket_(shard.poller(), std::move(socket), *this),
      address_(address),
      unfinished_(shard.waiting()),
      unsent_(shard.waiting()) {}

Connection::~Connection() = default;

void Connection::open(const Upgrade& upgrade) {
    start(upgrade.request);
    auto opening = shard_.open_client(upgrade.request, *this, is_deflating_);
    if (const auto* refusal = std::get_if<Refusal>(&opening)) {
        if (refusal->first) {
            send(*refusal->first);
        }
        close(refusal->code, refusal->reason);
    } else {
        client_ = std::move(std::get<std::shared_ptr<ProtocolClient>>(opening));
        if (const auto timeout = client_->sign_in_timeout()) {
            shard_.await_sign_in(*this, *timeout);
        }
    }
    if (!upgrade.early_bytes.empty()) {
        std::string bytes = upgrade.early_bytes;
        consume(bytes);
    }
    // What the TLS session has read already makes no socket readable.
    if (tls_ && tls_->has_unread()) {
        on_readable();
    }
}

void Connection::refuse(const UpgradeRequest& request, CloseCode code, std::string_view reason) {
    start(request);
    if (const auto notice = shard_.refusal_notice(request, code, reason)) {
        send(*notice);
    }
    close(code, reason);
}

void Connection::start(const UpgradeRequest& request) {
    shard_.add(shared_from_this());
    opened_at_ = since_;
    is_deflating_ = shard_.options().has_compression && offers_deflate(request.extensions);
    reader_ = FrameReader{is_deflating_, shard_.takes_binary(request)};
    if (is_deflating_) {
        inflate_budget_ = std::make_unique<InflateBudget>(kInflateRate, shard_.inflate_budget());
        reader_.bound_inflating(*inflate_budget_);
    }
    queue_.push_upgrade_answer(Frame::raw(handshake_response(request.key, is_deflating_)));
    shard_.mark_dirty(*this);
}

void Connection::send(const Frame& frame) {
    if (phase_ != Phase::kOpen) {
        return;
    }
    const bool is_queued = queue_.push(frame, shard_.options().outbound);
    if (is_queued && (queue_.bytes() <= kUncountedBytes || is_unsent_affordable())) {
        shard_.mark_dirty(*this);
        return;
    }
    queue_.drop_unwritten();
    unsent_.resize(0, 0);
    shard_.note_slow_consumer();
    close(CloseCode::kOverCapacity, "Slow consumer");
}

/// Who has shown a signature has the bounds of its queue alone.
bool Connection::is_unsent_affordable() {
    return (client_ && client_->has_proved()) ||
           unsent_.resize(queue_.bytes(), shard_.waiting_bytes_max());
}

void Connection::close(CloseCode code, std::string_view reason) {
    start_closing(Frame::close(code, reason));
}

void Connection::start_closing(const Frame& close_frame) {
    if (phase_ != Phase::kOpen) {
        return;
    }
    phase_ = Phase::kClosing;
    reader_.skip_messages();
    queue_.push_last(close_frame);
    shard_.await_close(*this);
    shard_.mark_dirty(*this);
}

void Connection::flush() {
    if (phase_ == Phase::kClosed) {
        return;
    }
    if (phase_ == Phase::kClosing) {
        leave_client();
    }
    while (has_unwritten() && !is_waiting_for_room_) {
        const Written written = tls_ ? write_sealed() : write_plain();
        if (written == Written::kNoRoom) {
            wait_writable();
        } else if (written == Written::kBroken) {
            drop();
            return;
        }
    }
    if (unsent_.bytes() > queue_.bytes()) {
        unsent_.resize(queue_.bytes(), 0);
    }
    if (!has_unwritten() && phase_ == Phase::kClosing) {
        finish_closing();
    }
}

bool Connection::has_unwritten() const {
    return !queue_.is_empty() || (tls_ && tls_->has_pending());
}

Connection::Written Connection::write_plain() {
    std::array<iovec, kGatherMax> slots;  // NOLINT: gather() fills what is used
    const ssize_t written = send_now(socket_.fd(), std::span{slots}.first(queue_.gather(slots)));
    if (written >= 0) {
        queue_.consume(static_cast<std::size_t>(written));
        return Written::kSome;
    }
    if (would_block()) {
        return Written::kNoRoom;
    }
    return errno == EINTR ? Written::kSome : Written::kBroken;
}

/// Up to one record of frames, gathered. What the socket does not take of it is the session's to
/// keep: it is encrypted, and out of the queue.
Connection::Written Connection::write_sealed() {
    if (tls_->has_pending()) {
        if (!tls_->flush()) {
            return Written::kBroken;
        }
        return tls_->has_pending() ? Written::kNoRoom : Written::kSome;
    }
    std::array<iovec, kGatherMax> slots;  // NOLINT: gather() fills what is used
    const std::span<char> record = shard_.record_buffer();
    std::size_t size = 0;
    for (const iovec& slot : std::span{slots}.first(queue_.gather(slots))) {
        const std::string_view bytes{static_cast<const char*>(slot.iov_base), slot.iov_len};
        size += bytes.copy(record.data() + size, record.size() - size);
        if (size == record.size()) {
            break;
        }
    }
    queue_.consume(size);
    return tls_->write({record.data(), size}) ? Written::kSome : Written::kBroken;
}

int Connection::unsent_bytes() {
    int bytes = 0;
    return ::ioctl(socket_.fd(), SIOCOUTQ, &bytes) == 0 ? bytes : 0;
}

/// Both sides have spoken: done. Otherwise the peer's answer, or its end, is awaited until the
/// close deadline, so that closing the socket does not destroy what the peer has not read yet.
void Connection::finish_closing() {
    if (has_peer_closed_) {
        drop();
        return;
    }
    if (tls_) {
        tls_->end();
    }
    ::shutdown(socket_.fd(), SHUT_WR);
}

void Connection::leave_client() {
    if (const auto client = std::exchange(client_, nullptr)) {
        client->leave();
    }
}

void Connection::drop() {
    if (phase_ == Phase::kClosed) {
        return;
    }
    phase_ = Phase::kClosed;
    is_waiting_for_room_ = false;
    const auto self = shared_from_this();  // the shard's reference goes
    leave_client();
    socket_.close();
    shard_.remove(*this);
}

void Connection::on_silence() {
    if (client_) {
        client_->on_silence();
    }
}

void Connection::on_pong_missing() {
    if (client_) {
        client_->on_pong_missing();
    }
}

void Connection::on_sign_in_timeout() {
    if (client_) {
        client_->on_sign_in_timeout();
    }
}

bool Connection::is_unproven_since(Deadline latest) const {
    return phase_ == Phase::kOpen && client_ && !client_->has_proved() && opened_at_ <= latest;
}

void Connection::on_permissions_changed() {
    if (client_) {
        client_->on_permissions_changed();
    }
}

void Connection::wait_writable() {
    is_waiting_for_room_ = true;
    shard_.watch_for_stall(*this);
    socket_.await_room();
}

void Connection::on_writable() {
    const auto self = shared_from_this();  // the flush may drop it
    socket_.stop_awaiting_room();
    is_waiting_for_room_ = false;
    had_room_ = true;
    flush();
}

void Connection::on_readable() {
    const auto self = shared_from_this();  // what is read may end it
    const int reads_max = is_deflating_ ? 1 : kReadsPerTurnMax;
    for (int i = 0; i < reads_max && phase_ != Phase::kClosed; ++i) {
        const std::span<char> whole = shard_.read_buffer();
        const std::span<char> buffer = is_deflating_ ? whole.first(kDeflatedReadBytes) : whole;
        const auto count = read(buffer);
        if (!count) {
            break;
        }
        if (*count == 0) {
            drop();
            return;
        }
        consume(buffer.first(*count));
        // A plain socket that gave less is empty; a TLS session gives a record at a time.
        if (!tls_ && *count < buffer.size()) {
            break;
        }
    }
}

std::optional<std::size_t> Connection::read(std::span<char> buffer) {
    if (tls_) {
        const auto got = tls_->read(buffer);
        return got.need == TlsNeed::kReadable ? std::nullopt : std::optional{got.count};
    }
    const ssize_t count = ::recv(socket_.fd(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count < 0 && (would_block() || errno == EINTR)) {
        return std::nullopt;
    }
    return count < 0 ? 0 : static_cast<std::size_t>(count);
}

void Connection::consume(std::span<char> bytes) {
    if (phase_ == Phase::kOpen) {
        shard_.touch(*this);
    }
    reader_.feed(bytes);
    while (const auto inbound = reader_.next()) {
        handle(*inbound);
        if (phase_ == Phase::kClosed) {
            return;
        }
    }
    bound_unfinished();
}

void Connection::bound_unfinished() {
    const std::size_t kept = reader_.held_bytes();
    const std::size_t counted = kept > kUncountedBytes ? kept : 0;
    if (!unfinished_.resize(counted, shard_.waiting_bytes_max())) {
        close(CloseCode::kOverCapacity, kOverCapacity);
        reader_.stop();
        unfinished_.resize(0, 0);
    }
}

void Connection::handle(const Inbound& inbound) {
    switch (inbound.kind) {
        case Inbound::Kind::kText:
            if (phase_ == Phase::kOpen && client_) {
                client_->on_text(inbound.payload);
            }
            return;
        case Inbound::Kind::kBinary:
            if (phase_ == Phase::kOpen && client_) {
                client_->on_binary(inbound.payload);
            }
            return;
        case Inbound::Kind::kPing:
            if (is_affordable()) {
                send(Frame::pong(inbound.payload));
            }
            return;
        case Inbound::Kind::kPong:
            is_affordable();
            return;
        case Inbound::Kind::kClose:
            on_peer_close(inbound);
            return;
        case Inbound::Kind::kFault:
            close(*inbound.code, inbound.payload);
            return;
    }
}

bool Connection::is_affordable() {
    if (control_frames_.take(kControlFrameRate, coarse_now())) {
        return true;
    }
    close(CloseCode::kOverCapacity, "Too many messages");
    return false;
}

void Connection::on_peer_close(const Inbound& inbound) {
    has_peer_closed_ = true;
    // RFC 6455, section 5.5.1: the answer usually echoes the code.
    start_closing(inbound.code ? Frame::close(*inbound.code, "") : Frame::close());
    if (queue_.is_empty()) {
        drop();
    }
}

}  // namespace orderpush::realtime
