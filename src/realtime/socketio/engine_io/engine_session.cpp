#include "realtime/socketio/engine_io/engine_session.hpp"

#include "realtime/socketio/engine_io/packet.hpp"
#include "realtime/socketio/engine_io/polling_answers.hpp"

#include <algorithm>
#include <utility>

namespace orderpush::realtime {
namespace {

constexpr int kBadRequest = 400;
constexpr int kTooLarge = 413;
constexpr std::string_view kClosePacket = "1";
constexpr std::string_view kNoopPacket = "6";
constexpr std::string_view kProbe = "2probe";
constexpr std::string_view kUpgrade = "5";

const Frame& ping_frame() {
    static const Frame frame = Frame::text("2");
    return frame;
}

const Frame& probe_answer() {
    static const Frame frame = Frame::text("3probe");
    return frame;
}

}  // namespace

EngineSession::EngineSession(const EngineOptions& options, EngineListener& listener, std::string id)
    : options_(options), listener_(listener), id_(std::move(id)) {}

std::string EngineSession::open_packet(bool is_polling) const {
    const auto number = [](auto value) { return std::to_string(value); };
    const bool is_offered = is_polling && options_.has_upgrades;
    return R"(0{"sid":")" + id_ + R"(","upgrades":[)" + (is_offered ? R"("websocket")" : "") +
           R"(],"pingInterval":)" + number(options_.ping_interval.count()) + R"(,"pingTimeout":)" +
           number(options_.ping_timeout.count()) + R"(,"maxPayload":)" +
           number(options_.payload_bytes_max) + "}";
}

void EngineSession::open_by_poll(const protocol::HttpReply& reply) {
    polling_ = std::make_unique<Polling>();
    begin_heartbeat();
    reply(engine_packets(open_packet(true)));
}

void EngineSession::open_on(ClientConnection& socket) {
    socket_ = &socket;
    begin_heartbeat();
    socket.send(Frame::text(open_packet(false)));
}

void EngineSession::begin_heartbeat() {
    is_awaiting_pong_ = false;
    is_pong_extended_ = false;
    heartbeat_due_ = options_.now() + options_.ping_interval;
}

void EngineSession::poll(std::uint64_t poll_id, protocol::HttpReply reply) {
    if (is_gone()) {
        reply(engine_refusal(EngineRefusal::kSessionUnknown));
        return;
    }
    if (polling_ == nullptr) {
        reply(engine_refusal(EngineRefusal::kBadRequest));
        return;
    }
    if (polling_->has_poll()) {  // two at a time: who is the one to be answered?
        close(End::kTold);
        reply(engine_status(kBadRequest));
        return;
    }
    if (!is_closed() && !take_from_budget()) {
        reply(engine_status(kBadRequest));
        return;
    }
    polling_->poll = std::move(reply);
    polling_->poll_id = poll_id;
    // A client that probes waits for its poll before it upgrades.
    if (!polling_->queue.empty() || polling_->is_probed || is_saying_farewell_) {
        flush_to_poll();
    }
}

void EngineSession::abandon_poll(std::uint64_t poll_id) {
    if (polling_ == nullptr || polling_->poll_id != poll_id) {
        return;
    }
    polling_->poll = nullptr;
    polling_->poll_id = 0;
    close(End::kSilent);
}

void EngineSession::receive(const protocol::HttpRequest& post, const protocol::HttpReply& reply) {
    if (is_closed()) {
        reply(engine_refusal(EngineRefusal::kSessionUnknown));
        return;
    }
    if (polling_ == nullptr) {
        reply(engine_refusal(EngineRefusal::kBadRequest));
        return;
    }
    if (post.body.size() > options_.payload_bytes_max) {
        close(End::kTold);
        reply(engine_status(kTooLarge));
        return;
    }
    // Revision 3 sent bytes so; this one sends base64.
    if (post.header("Content-Type").starts_with("application/octet-stream")) {
        close(End::kTold);
        reply(engine_status(kBadRequest));
        return;
    }
    EnginePayload payload{post.body};
    for (auto packet = payload.next(); packet && !is_closed(); packet = payload.next()) {
        on_packet(*packet);
    }
    // As the official server: what a POST did to the session, the next request shows.
    reply(engine_accepted());
}

void EngineSession::on_packet(std::string_view text) {
    const auto packet = decode_engine_packet(text);
    if (!packet || !take_from_budget()) {
        close(End::kTold);
        return;
    }
    note_sign_of_life();
    switch (packet->type) {
        case EnginePacketType::kMessage:
            listener_.on_message(packet->data());
            return;
        case EnginePacketType::kBinary:
            listener_.on_message_bytes(packet->data());
            return;
        case EnginePacketType::kPong:
            begin_heartbeat();
            return;
        case EnginePacketType::kClose:
            // The client has gone already: it reads what answers its poll, and asks no more.
            answer_poll(std::string{kNoopPacket});
            close(End::kSilent);
            return;
        case EnginePacketType::kPing:  // is the server's to send
            close(End::kTold);
            return;
        case EnginePacketType::kOpen:
        case EnginePacketType::kUpgrade:
        case EnginePacketType::kNoop:
            return;
    }
}

bool EngineSession::take_from_budget() {
    if (budget_.take(options_.rate, options_.now())) {
        return true;
    }
    close(End::kTold);
    return false;
}

/// A client that is heard while its pong is awaited may be late with it, once.
void EngineSession::note_sign_of_life() {
    if (is_awaiting_pong_ && !std::exchange(is_pong_extended_, true)) {
        heartbeat_due_ = options_.now() + options_.ping_timeout;
    }
}

bool EngineSession::begin_probe(ClientConnection& socket) {
    if (is_closed() || polling_ == nullptr || polling_->probing != nullptr ||
        !options_.has_upgrades) {
        return false;
    }
    polling_->probing = &socket;
    polling_->is_probed = false;
    polling_->upgrade_due = options_.now() + options_.upgrade_timeout;
    return true;
}

void EngineSession::on_socket_text(ClientConnection& socket, std::string_view text) {
    if (is_probing(socket)) {
        on_probe_packet(text);
    } else if (&socket == socket_ && !is_closed()) {
        on_packet(text);
    }
}

void EngineSession::on_socket_bytes(ClientConnection& socket, std::string_view bytes) {
    if (is_probing(socket)) {
        end_probe();
    } else if (&socket == socket_ && !is_closed() && take_from_budget()) {
        note_sign_of_life();
        listener_.on_message_bytes(bytes);
    }
}

void EngineSession::on_probe_packet(std::string_view text) {
    if (text == kProbe) {
        polling_->is_probed = true;
        polling_->probing->send(probe_answer());
        // At once: the client upgrades when its poll is answered.
        flush_to_poll();
    } else if (text == kUpgrade && polling_->is_probed) {
        complete_upgrade();
    } else {
        end_probe();
    }
}

ClientConnection* EngineSession::take_probing() {
    if (polling_ == nullptr) {
        return nullptr;
    }
    polling_->upgrade_due = Deadline::max();
    polling_->is_probed = false;
    return std::exchange(polling_->probing, nullptr);
}

void EngineSession::end_probe() {
    if (auto* const socket = take_probing()) {
        socket->close(CloseCode::kProtocolError, "Upgrade failed");
    }
}

void EngineSession::complete_upgrade() {
    socket_ = take_probing();
    answer_poll(std::string{kNoopPacket});
    const auto polling = std::exchange(polling_, nullptr);
    for (const Frame& frame : polling->queue) {
        socket_->send(frame);
    }
}

void EngineSession::on_socket_gone(const ClientConnection& socket) {
    if (is_probing(socket)) {
        take_probing();
    } else if (&socket == socket_) {
        // Kept as a mark that the session does not poll; nothing is sent once it is closed.
        close(End::kSilent);
    }
}

void EngineSession::send(const Frame& frame) {
    if (is_closed()) {
        return;
    }
    if (socket_ != nullptr) {
        socket_->send(frame);
        return;
    }
    if (polling_ == nullptr) {
        return;
    }
    const std::size_t bytes = frame.bytes().size();
    const bool is_too_much =
        !polling_->queue.empty() && (polling_->queue_bytes + bytes > options_.outbound.bytes_max ||
                                     polling_->queue.size() >= options_.outbound.frames_max);
    if (is_too_much) {
        drop_queue();
        close(End::kTold);
        return;
    }
    polling_->queue.push_back(frame);
    polling_->queue_bytes += bytes;
    flush_to_poll();
}

void EngineSession::close(End end) {
    if (std::exchange(phase_, Phase::kClosed) == Phase::kClosed) {
        return;
    }
    heartbeat_due_ = Deadline::max();
    end_probe();
    if (socket_ != nullptr) {
        if (end == End::kTold) {
            socket_->close(CloseCode::kGoingAway, "Session closed");
        }
    } else if (end == End::kTold) {
        is_saying_farewell_ = true;
        heartbeat_due_ = options_.now() + options_.farewell_timeout;
        flush_to_poll();
    } else {
        drop_queue();
        answer_poll(std::string{kClosePacket});
    }
    listener_.on_session_closed();
}

void EngineSession::answer_poll(std::string packets) {
    if (polling_ == nullptr || !polling_->has_poll()) {
        return;
    }
    polling_->poll_id = 0;
    const auto reply = std::exchange(polling_->poll, nullptr);
    reply(engine_packets(std::move(packets)));
}

void EngineSession::flush_to_poll() {
    if (polling_ == nullptr || !polling_->has_poll()) {
        return;
    }
    std::string packets = take_queue();
    if (std::exchange(is_saying_farewell_, false)) {
        heartbeat_due_ = Deadline::max();
        packets.append(packets.empty() ? "" : std::string{kEngineSeparator}).append(kClosePacket);
    } else if (packets.empty()) {
        packets = kNoopPacket;
    }
    answer_poll(std::move(packets));
}

std::string EngineSession::take_queue() {
    std::string packets;
    packets.reserve(polling_->queue_bytes);
    for (const Frame& frame : polling_->queue) {
        append_engine_packets(packets, frame);
    }
    drop_queue();
    return packets;
}

void EngineSession::drop_queue() {
    if (polling_ != nullptr) {
        polling_->queue = {};
        polling_->queue_bytes = 0;
    }
}

Deadline EngineSession::next_due() const noexcept {
    return polling_ == nullptr ? heartbeat_due_ : std::min(heartbeat_due_, polling_->upgrade_due);
}

void EngineSession::on_due() {
    const Deadline now = options_.now();
    if (polling_ != nullptr && polling_->upgrade_due <= now) {
        end_probe();
    }
    if (heartbeat_due_ <= now) {
        on_heartbeat_due();
    }
}

void EngineSession::on_heartbeat_due() {
    if (is_saying_farewell_) {  // nobody asked
        is_saying_farewell_ = false;
        heartbeat_due_ = Deadline::max();
        drop_queue();
        return;
    }
    if (is_awaiting_pong_) {
        const bool is_on_socket = socket_ != nullptr;
        // A client that polls and hears nothing finds out by itself; it is gone most likely.
        close(is_on_socket ? End::kTold : End::kSilent);
        return;
    }
    is_awaiting_pong_ = true;
    heartbeat_due_ = options_.now() + options_.ping_timeout;
    send(ping_frame());
}

}  // namespace orderpush::realtime
