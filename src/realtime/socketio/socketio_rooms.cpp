/// How clients join and leave rooms.

#include "core/error_codes.hpp"
#include "realtime/socketio/socketio_client.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace orderpush::realtime {
namespace {

/// Longer than any token or id of ours.
constexpr std::size_t kArgumentBytesMax = 2'048;

Error refusal(ErrorKind kind, const char* code, const char* message) {
    return {.kind = kind, .code = code, .message = message};
}

/// What nobody knows now is told alike, whatever went wrong.
Error for_client(const Error& error) {
    return passes_by_itself(error) ? refusal(
                                         ErrorKind::kUnavailable,
                                         "unavailable",
                                         "This cannot be decided now. Try again."
                                     )
                                   : error;
}

bool is_staff(const std::optional<Caller>& caller) {
    return caller && std::holds_alternative<StaffMember>(*caller);
}

Error refusal_of(SubscribeRefusal cause, const std::optional<Caller>& caller) {
    if (cause == SubscribeRefusal::kSessionRevoked) {
        return is_staff(caller) ? make_error("login_ended") : make_error("session_closed");
    }
    return refusal(ErrorKind::kUnavailable, "unavailable", "The room is full. Try again later.");
}

}  // namespace

void SocketioClient::join(SocketPacket& packet, const RoomWord& word) {
    const bool has_argument = word.argument != RoomArgument::kNone;
    const bool is_usable = packet.argument_kind == SocketPacket::Argument::kText &&
                           packet.argument.size() <= kArgumentBytesMax;
    begin_join(std::make_unique<Join>(Join{
        .word = &word,
        .event = packet.event,
        // What is no text at all is no id either.
        .argument = has_argument && is_usable ? packet.argument : std::string{},
        .ack_id = packet.ack_id}));
}

void SocketioClient::begin_join(std::unique_ptr<Join> join) {
    join_ = std::move(join);
    is_deciding_ = true;
    const RoomWord& word = *join_->word;
    if (word.argument != RoomArgument::kNone && join_->argument.empty()) {
        end_join(invalid_id());
    } else if (is_member(word, join_->argument)) {
        end_join({});
    } else if (memberships_.size() >= shard_.limits.rooms_max) {
        end_join(refusal(ErrorKind::kRateLimited, "too_many_rooms", "This is one room too many."));
    } else if (word.proves_caller() || (word.argument == RoomArgument::kPlace && !caller_)) {
        shard_.access.authenticate(
            join_->argument, replying(&SocketioClient::on_joiner_authenticated)
        );
    } else if (!caller_ && !join_->caller) {
        end_join(make_error("credential_missing"));
    } else {
        if (!join_->caller) {
            join_->caller = *caller_;
        }
        ask_admission();
    }
}

void SocketioClient::on_joiner_authenticated(const Result<Caller>& caller) {
    if (!has_join_under_way()) {
        return;
    }
    const bool is_place = join_->word->argument == RoomArgument::kPlace;
    if (!caller) {
        end_join(for_client(caller.error()));
    } else if (is_place && !std::holds_alternative<StaffMember>(*caller)) {
        // A place is proved by somebody who works there.
        end_join(make_error("token_invalid"));
    } else {
        join_->caller = *caller;
        ask_admission();
    }
}

/// A client that was sent away meanwhile joins nothing. Until then no other join begins, so that an
/// answer is never taken for that of another one.
bool SocketioClient::has_join_under_way() {
    if (join_ != nullptr && (is_connected() || phase_ == Phase::kRestoring)) {
        return true;
    }
    join_ = nullptr;
    is_deciding_ = false;
    handle_waiting();
    return false;
}

void SocketioClient::ask_admission() {
    // A token in the place of an id has served.
    const bool is_own_place = join_->word->argument == RoomArgument::kPlace && !caller_;
    const auto channel =
        channel_of(*join_->word, *join_->caller, is_own_place ? "" : join_->argument);
    if (!channel) {
        end_join(channel.error());
        return;
    }
    join_->channel = *channel;
    shard_.access.admit(*join_->caller, *channel, replying(&SocketioClient::on_admitted));
}

void SocketioClient::on_admitted(const Result<Admission>& admission) {
    if (!has_join_under_way()) {
        return;
    }
    if (!admission) {
        end_join(for_client(admission.error()));
        return;
    }
    if (phase_ != Phase::kRestoring) {
        join_->since = admission->last_seq;
    }
    // A copy: the join may end in there.
    subscribe(Channel{*join_->channel}, admission->joiner);
}

void SocketioClient::subscribe(const Channel& channel, const ChannelJoiner& joiner) {
    const ChannelCodec& codec = room_codec(join_->word->kind);
    if (auto room = find_room(channel, codec)) {
        memberships_.push_back({join_->word, join_->argument, std::move(room), join_->since});
        end_join({});
        return;
    }
    Subscription subscription{
        .channel = channel.name(), .subscriber = {}, .codec = &codec, .session = joiner.session};
    if (channel.kind() == ChannelKind::kPresence) {
        subscription.member = Member{.user_id = joiner.member.id, .info = joiner.member.info};
    }
    const auto room = std::make_shared<RoomSubscription>(
        *this,
        channel,
        codec,
        subscription.member ? subscription.member->user_id : std::string{},
        phase_ == Phase::kRestoring,
        is_staff(join_->caller)
    );
    subscription.subscriber = room;
    memberships_.push_back({join_->word, join_->argument, room, join_->since});
    join_->room = room.get();
    shard_.hub.subscribe(shard_.index, std::move(subscription));
}

void SocketioClient::on_subscribed(RoomSubscription& room, const SubscribeOutcome& outcome) {
    if (outcome.refusal) {
        std::erase_if(memberships_, [&](const Membership& known) {
            return known.room.get() == &room;
        });
    }
    if (join_ != nullptr && join_->room == &room) {
        end_join(outcome.refusal ? refusal_of(*outcome.refusal, join_->caller) : Result<void>{});
    }
}

void SocketioClient::end_join(const Result<void>& outcome) {
    const auto ended = std::exchange(join_, nullptr);
    is_deciding_ = false;
    if (phase_ == Phase::kRestoring) {
        const bool is_unknown = !outcome && outcome.error().kind == ErrorKind::kUnavailable;
        restoring_->is_whole = restoring_->is_whole && outcome;
        is_unknown ? session_.close(EngineSession::End::kTold) : restore_next_room();
        return;
    }
    if (outcome) {
        keep_rooms();
    }
    if (!ended->is_silent) {
        refusals_ = outcome ? 0 : refusals_ + 1;
        answer(ended->event, ended->ack_id, outcome);
    }
    if (refusals_ >= shard_.limits.refusals_max) {
        session_.close(EngineSession::End::kTold);
        return;
    }
    if (outcome && ended->word->brings_menu && ended->caller && !is_member(menu_word(), "")) {
        bring_menu(*ended->caller);
        return;
    }
    handle_waiting();
}

void SocketioClient::bring_menu(const Caller& caller) {
    begin_join(std::make_unique<Join>(Join{
        .word = &menu_word(),
        .event = {},
        .argument = {},
        .ack_id = {},
        .caller = caller,
        .is_silent = true}));
}

void SocketioClient::answer(
    std::string_view event, const std::optional<std::uint64_t>& ack_id, const Result<void>& outcome
) {
    if (ack_id) {
        say_once_kept(outcome ? ack_message(*ack_id) : ack_message(*ack_id, outcome.error()));
    } else if (!outcome) {
        say_once_kept(error_event_message(event, outcome.error()));
    }
}

void SocketioClient::leave(const SocketPacket& packet, const RoomWord& word) {
    const std::string argument =
        word.argument == RoomArgument::kNone ? std::string{} : packet.argument;
    const auto left = std::ranges::find_if(memberships_, [&](const Membership& known) {
        return known.word == &word && known.argument == argument;
    });
    if (left != memberships_.end()) {
        const auto room = left->room;
        memberships_.erase(left);
        const bool is_wanted = std::ranges::any_of(memberships_, [&](const Membership& known) {
            return known.room == room;
        });
        if (!is_wanted) {
            leave_room(room, true);
        }
        keep_rooms();
    }
    answer(packet.event, packet.ack_id, {});
}

void SocketioClient::leave_room(const std::shared_ptr<RoomSubscription>& room, bool is_deliberate) {
    if (!room->is_granted()) {
        room->give_up();
        return;
    }
    shard_.hub.unsubscribe(shard_.index, *room, room->end(is_deliberate));
}

void SocketioClient::leave_rooms(bool is_deliberate) {
    std::vector<std::shared_ptr<RoomSubscription>> rooms;
    for (Membership& membership : std::exchange(memberships_, {})) {
        if (std::ranges::find(rooms, membership.room) == rooms.end()) {
            rooms.push_back(std::move(membership.room));
        }
    }
    for (const auto& room : rooms) {
        leave_room(room, is_deliberate);
    }
}

void SocketioClient::on_room_revoked(RoomSubscription& /*room*/) {
    // The hub goes through the session's subscriptions still.
    if (!std::exchange(is_forgetting_, true)) {
        shard_.shards.post(shard_.index, [self = shared_from_this()] {
            self->forget_revoked_rooms();
        });
    }
}

void SocketioClient::forget_revoked_rooms() {
    is_forgetting_ = false;
    if (!is_connected()) {
        return;
    }
    // Whom the session or the log-in let in has nothing more to hear here, and is not to come back:
    // a display that stayed would look alive and hear of no order.
    bool is_over = caller_ != nullptr && std::holds_alternative<Guest>(*caller_);
    std::erase_if(memberships_, [&](const Membership& known) {
        const bool is_under_way = join_ != nullptr && join_->room == known.room.get();
        const bool is_revoked = !known.room->is_granted() && !is_under_way;
        is_over = is_over || (is_revoked && known.room->is_of_login());
        return is_revoked;
    });
    if (is_over) {
        say(disconnect_message());
        disconnect();
    } else {
        keep_rooms();
    }
}

std::shared_ptr<RoomSubscription> SocketioClient::find_room(
    const Channel& channel, const ChannelCodec& codec
) const {
    const auto found = std::ranges::find_if(memberships_, [&](const Membership& known) {
        return known.room->channel() == channel && &known.room->codec() == &codec &&
               known.room->is_granted();
    });
    return found == memberships_.end() ? nullptr : found->room;
}

bool SocketioClient::is_member(const RoomWord& word, std::string_view argument) const {
    return std::ranges::any_of(memberships_, [&](const Membership& known) {
        return known.word == &word && known.argument == argument;
    });
}

}  // namespace orderpush::realtime
