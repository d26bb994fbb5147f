#include "realtime/socketio/socketio_client.hpp"

#include <algorithm>
#include <utility>

namespace orderpush::realtime {
namespace {

/// Longer than any of ours.
constexpr std::size_t kPrivateIdBytesMax = 64;
/// What tells clients of the rooms and the subscribe dialect that they were rejected.
constexpr std::string_view kRejected = "Authentication error";

}  // namespace

SocketioClient::SocketioClient(
    const SocketioShard& shard, std::string session_id, SocketioEntry entry
)
    : shard_(shard),
      session_(shard.engine, *this, std::move(session_id)),
      counted_as_(entry.counted_as),
      query_token_(
          entry.token.empty() ? nullptr
                              : std::make_unique<const std::string>(std::move(entry.token))
      ),
      connect_due_(shard.engine.now() + shard.limits.connect_timeout),
      is_token_required_(entry.is_token_required) {}

void SocketioClient::on_due() {
    session_.on_due();
    if (connect_due_ <= shard_.engine.now()) {
        connect_due_ = Deadline::max();
        session_.close(EngineSession::End::kTold);
    }
}

void SocketioClient::on_message(std::string_view text) {
    SocketPacket packet;
    on_read(reader_.on_text(text, packet), packet);
}

void SocketioClient::on_message_bytes(std::string_view bytes) {
    SocketPacket packet;
    on_read(reader_.on_bytes(bytes, packet), packet);
}

void SocketioClient::on_read(SocketPacketReader::Outcome outcome, SocketPacket& packet) {
    switch (outcome) {
        case SocketPacketReader::Outcome::kPacket:
            on_packet(std::move(packet));
            return;
        case SocketPacketReader::Outcome::kMore:
            return;
        case SocketPacketReader::Outcome::kFault:
            session_.close(EngineSession::End::kTold);
            return;
    }
}

void SocketioClient::on_packet(SocketPacket packet) {
    if (!is_deciding_ && waiting_ == nullptr) {
        handle(packet);
        return;
    }
    if (waiting_ == nullptr) {
        waiting_ = std::make_unique<WaitingPackets>();
    }
    waiting_->bytes += packet.event.size() + packet.argument.size();
    waiting_->packets.push_back(std::move(packet));
    if (waiting_->packets.size() > shard_.limits.packets_waiting_max ||
        waiting_->bytes > shard_.limits.packet_bytes_waiting_max) {
        session_.close(EngineSession::End::kTold);
    }
}

void SocketioClient::handle_waiting() {
    if (std::exchange(is_handling_waiting_, true)) {
        return;
    }
    while (waiting_ != nullptr && !is_deciding_ && phase_ != Phase::kClosed) {
        if (waiting_->packets.empty()) {
            waiting_ = nullptr;
            break;
        }
        SocketPacket packet = std::move(waiting_->packets.front());
        waiting_->packets.pop_front();
        waiting_->bytes -= packet.event.size() + packet.argument.size();
        handle(packet);
    }
    is_handling_waiting_ = false;
}

void SocketioClient::handle(SocketPacket& packet) {
    using Type = SocketPacket::Type;
    const bool is_main = packet.name_space == kMainNamespace;
    if (packet.type == Type::kConnect && !is_main) {
        say(connect_error_message(packet.name_space, "Invalid namespace", ""));
        return;
    }
    // As the official server: packets for a namespace that one is not in, or is in already.
    const bool is_in_place = is_main && (packet.type == Type::kConnect) != is_connected();
    if (!is_in_place) {
        session_.close(EngineSession::End::kTold);
        return;
    }
    switch (packet.type) {
        case Type::kConnect:
            connect(packet);
            return;
        case Type::kDisconnect:
            disconnect();
            return;
        case Type::kEvent:
            if (const RoomWord* word = find_join(packet.event)) {
                join(packet, *word);
            } else if (const RoomWord* left = find_leave(packet.event)) {
                leave(packet, *left);
            }
            return;
        case Type::kAck:  // the server asks for none
            return;
    }
}

void SocketioClient::connect(const SocketPacket& packet) {
    const std::string token = packet.token.value_or(query_token_ ? *query_token_ : "");
    if (packet.private_id && packet.private_id->size() <= kPrivateIdBytesMax) {
        restoring_ = std::make_unique<Restoring>();
        restoring_->private_id = *packet.private_id;
        restoring_->offset = parse_event_offset(packet.offset.value_or(""));
        restoring_->is_whole = restoring_->offset || !packet.offset;
    }
    if (packet.has_other_token) {
        refuse_connect("token_invalid");
    } else if (!token.empty()) {
        is_deciding_ = true;
        connect_due_ = Deadline::max();
        shard_.access.authenticate(token, replying(&SocketioClient::on_authenticated));
    } else if (is_token_required_) {
        refuse_connect("credential_missing");
    } else {
        enter();
    }
}

void SocketioClient::on_authenticated(const Result<Caller>& caller) {
    if (phase_ == Phase::kClosed) {
        return;
    }
    is_deciding_ = false;
    if (caller) {
        caller_ = std::make_unique<const Caller>(*caller);
        enter();
    } else if (passes_by_itself(caller.error())) {
        session_.close(EngineSession::End::kTold);
    } else {
        refuse_connect(caller.error().code);
    }
    handle_waiting();
}

void SocketioClient::enter() {
    if (restoring_ == nullptr) {
        welcome();
        return;
    }
    is_deciding_ = true;
    connect_due_ = Deadline::max();
    shard_.recovery.find(restoring_->private_id, replying(&SocketioClient::on_kept_found));
}

void SocketioClient::welcome() {
    connect_due_ = Deadline::max();
    phase_ = Phase::kConnected;
    if (socket_id_.is_none()) {
        socket_id_ = ClientId::random();
        private_id_ = ClientId::random();
    }
    say(connect_message(socket_id_.text(), private_id_.text()));
}

void SocketioClient::refuse_connect(std::string_view code) {
    restoring_ = nullptr;
    connect_due_ = shard_.engine.now() + shard_.limits.connect_timeout;
    say(connect_error_message(kMainNamespace, kRejected, code));
}

void SocketioClient::disconnect() {
    leave_rooms(true);
    forget_kept_rooms();
    answers_ = nullptr;
    caller_.reset();
    phase_ = Phase::kWaiting;
    connect_due_ = shard_.engine.now() + shard_.limits.connect_timeout;
}

void SocketioClient::on_session_closed() {
    phase_ = Phase::kClosed;
    connect_due_ = Deadline::max();
    // Not here: the hub may be handing something to this very client.
    shard_.shards.post(shard_.index, [self = shared_from_this()] {
        self->leave_rooms(false);
        self->join_ = nullptr;
        self->restoring_ = nullptr;
        self->waiting_ = nullptr;
        self->settle();
    });
}

void SocketioClient::on_rooms_terminated() {
    session_.close(EngineSession::End::kTold);
}

}  // namespace orderpush::realtime
