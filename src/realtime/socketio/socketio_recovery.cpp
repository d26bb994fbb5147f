/// How clients are brought back to their rooms. None of them joins again by itself when its
/// connection was lost, so the server does: their rooms are kept under an id that only the client
/// knows, what they missed is read from the outbox, and their rights are checked again.

#include "realtime/socketio/heard_frames.hpp"
#include "realtime/socketio/socketio_client.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace orderpush::realtime {
namespace {

using Json = nlohmann::ordered_json;

const RoomWord* find_kept_word(std::string_view name) {
    return name == menu_word().join ? &menu_word() : find_join(name);
}

std::string text_at(const Json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

}  // namespace

std::string SocketioClient::kept_text() const {
    Json rooms = Json::array();
    for (const Membership& known : memberships_) {
        rooms.push_back(
            {{"word", known.word->join}, {"argument", known.argument}, {"since", known.since}}
        );
    }
    return Json{{"sid", socket_id_.text()}, {"rooms", rooms}}.dump();
}

/// One at a time, so that the last one is what stays.
void SocketioClient::keep_rooms() {
    if (!is_connected()) {
        return;
    }
    if (is_keeping_) {
        has_changed_rooms_ = true;
        return;
    }
    is_keeping_ = true;
    has_changed_rooms_ = false;
    shard_.recovery.keep(
        std::string{private_id_.text()}, kept_text(), replying(&SocketioClient::on_kept)
    );
}

/// A client that was told that it is in a room counts on it, and never joins again: so it is told
/// once the room would survive this process. Of more than so many answers the rest is said at once.
void SocketioClient::say_once_kept(std::string answer) {
    constexpr std::size_t kAnswersMax = 64;
    if (answers_ == nullptr && is_keeping_) {
        answers_ = std::make_unique<std::vector<std::string>>();
    }
    if (answers_ != nullptr && answers_->size() < kAnswersMax) {
        answers_->push_back(std::move(answer));
    } else {
        say(answer);
    }
}

/// Also where it could not be kept: the database is away, and the client hears what there is.
void SocketioClient::on_kept(const Result<void>& /*done*/) {
    is_keeping_ = false;
    if (has_changed_rooms_) {
        keep_rooms();
        return;
    }
    const auto answers = std::exchange(answers_, nullptr);
    if (answers != nullptr && is_connected()) {
        std::ranges::for_each(*answers, [this](const std::string& answer) { say(answer); });
    }
}

void SocketioClient::forget_kept_rooms() {
    if (!private_id_.is_none()) {
        shard_.recovery.forget(std::string{std::exchange(private_id_, {}).text()});
        socket_id_ = {};
    }
}

void SocketioClient::on_kept_found(const Result<std::optional<std::string>>& kept) {
    if (phase_ == Phase::kClosed || restoring_ == nullptr) {
        return;
    }
    if (!kept) {  // nobody knows now: the client asks again
        session_.close(EngineSession::End::kTold);
        return;
    }
    const Json found = Json::parse(kept->value_or(""), nullptr, false);
    if (!found.is_object()) {
        is_deciding_ = false;
        restoring_ = nullptr;
        welcome();
        handle_waiting();
        return;
    }
    restoring_->socket_id = text_at(found, "sid");
    for (const Json& room : found.value("rooms", Json::array())) {
        if (const RoomWord* word = find_kept_word(text_at(room, "word"))) {
            restoring_->rooms.push_back(
                {word, text_at(room, "argument"), room.value("since", std::int64_t{0})}
            );
        }
    }
    phase_ = Phase::kRestoring;
    restore_next_room();
}

void SocketioClient::restore_next_room() {
    if (phase_ != Phase::kRestoring) {
        return;
    }
    is_deciding_ = true;
    if (!restoring_->rooms.empty()) {
        const KeptRoom room = std::move(restoring_->rooms.front());
        restoring_->rooms.pop_front();
        auto join = std::make_unique<Join>(Join{
            .word = room.word,
            .event = {},
            .argument = room.argument,
            .ack_id = {},
            .is_silent = true,
            .since = room.since});
        begin_join(std::move(join));
        return;
    }
    MissedQuery query{.since = {}};
    if (restoring_->offset) {
        query.heard = ChannelPosition{restoring_->offset->channel, restoring_->offset->seq};
        query.is_partly_heard = restoring_->offset->part.has_value();
    }
    for (const Membership& known : memberships_) {
        const std::string channel = known.room->channel().name();
        const auto same = std::ranges::find(query.since, channel, &ChannelPosition::channel);
        if (same == query.since.end()) {
            query.since.push_back({channel, known.since});
        } else {
            same->seq = std::min(same->seq, known.since);
        }
    }
    shard_.recovery.read_missed(std::move(query), replying(&SocketioClient::on_missed));
}

void SocketioClient::on_missed(const Result<MissedEvents>& missed) {
    if (phase_ != Phase::kRestoring) {
        return;
    }
    if (!missed) {
        session_.close(EngineSession::End::kTold);
        return;
    }
    restoring_->is_whole = restoring_->is_whole && missed->is_complete;
    send_missed(*missed);
    if (phase_ == Phase::kRestoring) {
        end_restoring();
    }
}

void SocketioClient::send_missed(const MissedEvents& missed) {
    std::vector<RoomSubscription*> rooms;
    for (const Membership& known : memberships_) {
        if (std::ranges::find(rooms, known.room.get()) == rooms.end()) {
            rooms.push_back(known.room.get());
        }
    }
    for (const ChannelPosition& position : missed.up_to) {
        for (RoomSubscription* room : rooms) {
            if (room->channel().name() == position.channel) {
                room->note_heard(position.seq);
            }
        }
    }
    const auto& offset = restoring_->offset;
    for (const MissedEvent& event : missed.events) {
        const ChannelMessage message{
            .channel = event.channel, .serial = 0, .event = event.event, .data = event.data};
        for (const RoomSubscription* room : rooms) {
            auto frame = room->channel().name() == event.channel ? room->codec().encode(message)
                                                                 : std::nullopt;
            if (frame && offset && offset->part) {
                frame = frames_behind_part(*frame, offset->channel, offset->seq, *offset->part);
            }
            if (frame) {
                session_.send(*frame);
            }
        }
    }
}

void SocketioClient::end_restoring() {
    const auto restored = std::exchange(restoring_, nullptr);
    // The client takes the same ids as proof that it missed nothing.
    const auto socket_id = ClientId::parse(restored->socket_id);
    const auto private_id = ClientId::parse(restored->private_id);
    if (restored->is_whole && socket_id && private_id) {
        socket_id_ = *socket_id;
        private_id_ = *private_id;
    } else {
        shard_.recovery.forget(restored->private_id);
    }
    is_deciding_ = false;
    phase_ = Phase::kConnected;
    for (auto& [room, frame] : restored->held) {
        on_restored_frame(*room, frame);
    }
    welcome();
    const bool has_revoked = std::ranges::any_of(memberships_, [](const Membership& known) {
        return !known.room->is_granted();
    });
    has_revoked ? forget_revoked_rooms() : keep_rooms();
    handle_waiting();
}

void SocketioClient::on_restored_frame(RoomSubscription& room, const Frame& frame) {
    if (phase_ == Phase::kRestoring) {
        restoring_->held_bytes += frame.bytes().size();
        restoring_->held.emplace_back(&room, frame);
        if (restoring_->held_bytes > shard_.engine.outbound.bytes_max) {
            session_.close(EngineSession::End::kTold);
        }
        return;
    }
    if (!room.has_heard()) {
        session_.send(frame);
        return;
    }
    bool was_passed = false;
    if (const auto rest = frames_behind(frame, room.heard_seq(), was_passed)) {
        session_.send(*rest);
    }
    if (was_passed) {
        room.forget_heard();
    }
}

}  // namespace orderpush::realtime
