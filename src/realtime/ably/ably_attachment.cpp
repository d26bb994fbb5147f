#include "realtime/ably/ably_attachment.hpp"

#include "base/crypto/crypto.hpp"
#include "realtime/ably/ably_client.hpp"
#include "realtime/ably/access/refusal.hpp"
#include "realtime/ably/publishing.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace orderpush::realtime::ably {
namespace {

constexpr std::array<std::string_view, 4> kParams{"rewind", "delta", "modes", "echo"};
/// Of one SYNC frame, about.
constexpr std::size_t kSyncBytesMax = 32U * 1024U;
constexpr std::size_t kSyncIdBytes = 6;
/// Beyond every position of a channel: nothing is read, but where it ends.
constexpr std::int64_t kBehindAll = std::numeric_limits<std::int64_t>::max() / 2;

ErrorInfo continuity_lost() {
    return {
        .code = 90003,
        .status = 404,
        .message = "What came since then is not known any more: messages may have been missed"};
}

ErrorInfo session_over() {
    return refusal(code::kNotPermitted, "The table session is over");
}

ErrorInfo too_many_channels() {
    return {.code = 90021, .status = 429, .message = "There are as many channels as there may be"};
}

}  // namespace

/// What is gathered until the client can be told that it is attached.
struct AblyAttachment::Start {
    SubscribeOutcome outcome;
    std::vector<Frame> held = {};
    std::size_t held_bytes = 0;
    std::vector<Frame> replay = {};
    bool is_resumed = false;
    std::optional<ErrorInfo> error = {};
    std::string serial = {};
    /// Events of the restaurant up to it are in `replay`, or older.
    std::optional<std::int64_t> head_seq = {};
};

Checked<AttachRequest> read_attach(const ProtocolMessage& message, ChannelName name) {
    AttachRequest request;
    request.name = std::move(name);
    for (const std::string_view known : kParams) {
        const std::string key{known};
        if (const auto own = message.params.find(key); own != message.params.end()) {
            request.params[key] = own->second;
        } else if (const auto in_name = request.name.params.find(key);
                   in_name != request.name.params.end()) {
            request.params[key] = in_name->second;
        }
    }
    request.modes = (message.flags & mode::kAll) != 0 ? message.flags & mode::kAll : mode::kDefault;
    if (const auto modes = request.params.find("modes"); modes != request.params.end()) {
        request.modes = parse_modes(modes->second);
    }
    if (const auto echo = request.params.find("echo"); echo != request.params.end()) {
        request.has_echo = echo->second != "false";
    }
    request.channel_serial = message.channel_serial;
    const auto rewind = request.params.find("rewind");
    if (rewind == request.params.end()) {
        return request;
    }
    auto parsed = parse_rewind(rewind->second);
    if (!parsed) {
        return ErrorInfo{.code = 40000, .status = 400, .message = "rewind is not understood"};
    }
    // Who goes on from somewhere has had it.
    if (!request.channel_serial && (message.flags & flag::kAttachResume) == 0) {
        request.rewind = parsed;
    }
    return request;
}

AblyAttachment::AblyAttachment(
    const AblyShard& shard,
    AblyClient& owner,
    AttachRequest request,
    std::string hub_key,
    std::uint32_t granted
)
    : shard_(shard),
      owner_(&owner),
      request_(std::move(request)),
      hub_key_(std::move(hub_key)),
      granted_(granted) {
    if (std::string plain = ably_name_of(hub_key_); plain != request_.name.spelled) {
        canonical_ = std::move(plain);
    }
}

AblyAttachment::~AblyAttachment() = default;

SocketId AblyAttachment::socket_id() const noexcept {
    return owner_ == nullptr ? SocketId{} : owner_->socket_id();
}

Format AblyAttachment::format() const {
    return owner_->format();
}

void AblyAttachment::begin() {
    shard_.hub.subscribe(
        shard_.index,
        {.channel = hub_key_,
         .subscriber = weak_from_this(),
         .codec = &shard_.codec(format()),
         .session = owner_->session().access().session}
    );
}

void AblyAttachment::on_subscribed(
    const std::string& /*channel*/, const SubscribeOutcome& outcome
) {
    if (outcome.refusal) {
        const bool is_over = *outcome.refusal == SubscribeRefusal::kSessionRevoked;
        // Detached while it attaches a client tries again, later.
        AblyClient& owner = *std::exchange(owner_, nullptr);
        owner.drop_attachment(
            std::string{spelled()},
            is_over ? Action::kError : Action::kDetached,
            is_over ? session_over() : too_many_channels()
        );
        return;
    }
    is_subscribed_ = true;
    start_ = std::make_unique<Start>(Start{.outcome = outcome});
    start_->serial = outcome.last != nullptr ? channel_serial_of(*outcome.last)
                                             : channel_serial_of(outcome.last_stamp);
    const bool is_recorded = shard_.events != nullptr && is_reserved_key(hub_key_);
    const bool goes_back = request_.channel_serial.has_value() || request_.rewind.has_value();
    if (is_recorded &&
        (goes_back || outcome.last == nullptr || owner_->session().access().session.has_value())) {
        read_recorded();
    } else if (goes_back) {
        read_log();
    } else {
        finish();
    }
}

void AblyAttachment::read_log() {
    shard_.hub.read_log(
        hub_key_,
        [weak = weak_from_this(), &shards = shard_.shards, index = shard_.index](LogExcerpt log) {
            shards.run_on(index, [weak, log = std::move(log)] {
                const auto self = weak.lock();
                if (self != nullptr && self->start_ != nullptr) {
                    self->on_log(log);
                }
            });
        }
    );
}

void AblyAttachment::on_log(const LogExcerpt& excerpt) {
    LogExcerpt log = excerpt;
    // What came behind the subscription is delivered.
    std::erase_if(log.messages, [&](const auto& message) {
        return message->serial > start_->outcome.last_serial;
    });
    std::uint64_t from = log.messages.size();
    if (request_.channel_serial) {
        const auto position = excerpt.epoch == start_->outcome.epoch
                                  ? find_position(excerpt, *request_.channel_serial)
                                  : std::nullopt;
        start_->is_resumed = position.has_value();
        if (position) {
            start_->serial = *request_.channel_serial;
            from = static_cast<std::uint64_t>(std::ranges::count_if(
                log.messages, [&](const auto& message) { return message->serial <= *position; }
            ));
        } else {
            start_->error = continuity_lost();
        }
    } else {
        const auto& rewind = *request_.rewind;
        const auto earliest =
            std::chrono::steady_clock::now() - rewind.time.value_or(std::chrono::milliseconds{0});
        std::size_t count = 0;
        while (from > 0) {
            const ChannelMessage& message = *log.messages[from - 1];
            const bool is_wanted =
                rewind.time ? message.published_at >= earliest : count < rewind.count.value_or(0);
            if (!is_wanted) {
                break;
            }
            count += messages_of(message).size();
            --from;
        }
    }
    for (; from < log.messages.size(); ++from) {
        const ChannelMessage& message = *log.messages[from];
        const bool is_own = message.excluded && *message.excluded == socket_id();
        if (is_own || messages_of(message).empty()) {
            continue;  // members are told of as they are now
        }
        if (auto frame = shard_.codec(format()).encode(message)) {
            start_->replay.push_back(*std::move(frame));
        }
    }
    finish();
}

void AblyAttachment::read_recorded() {
    std::int64_t after = kBehindAll;
    if (request_.channel_serial) {
        after = parse_seq_serial(*request_.channel_serial).value_or(kBehindAll);
    } else if (request_.rewind && start_->head_seq) {
        const auto count = request_.rewind->count.value_or(
            static_cast<std::size_t>(shard_.options.replay_events_max)
        );
        after = std::max<std::int64_t>(0, *start_->head_seq - static_cast<std::int64_t>(count));
    }
    shard_.events->read(
        {.channel = *Channel::parse(hub_key_),
         .after = after,
         .limit = shard_.options.replay_events_max,
         .session = owner_->session().access().session},
        [weak = weak_from_this(),
         &shards = shard_.shards,
         index = shard_.index](Result<RecordedPage> page) {
            shards.run_on(index, [weak, page = std::move(page)] {
                const auto self = weak.lock();
                if (self != nullptr && self->start_ != nullptr) {
                    self->on_recorded(page);
                }
            });
        }
    );
}

void AblyAttachment::on_recorded(const Result<RecordedPage>& page) {
    if (!page) {
        const bool is_over = is_session_over(page.error());
        AblyClient& owner = *owner_;
        end(true);
        owner.drop_attachment(
            std::string{spelled()},
            is_over ? Action::kError : Action::kDetached,
            is_over ? session_over()
                    : refusal(code::kTimeout, "What was recorded cannot be read now")
        );
        return;
    }
    const bool is_first = !start_->head_seq.has_value();
    std::int64_t head = page->last_seq;
    if (request_.channel_serial) {
        const auto seq = parse_seq_serial(*request_.channel_serial);
        const bool is_known = seq && *seq >= page->oldest_seq - 1 && *seq <= page->last_seq;
        const bool is_whole = is_known && page->up_to >= page->last_seq;
        start_->is_resumed = is_whole;
        if (!is_whole) {
            start_->error = continuity_lost();
        }
    } else if (request_.rewind && is_first) {
        start_->head_seq = head;
        read_recorded();
        return;
    }
    const auto earliest =
        shard_.clock.now() -
        request_.rewind.value_or(Rewind{}).time.value_or(std::chrono::hours{24 * 365 * 100});
    const bool is_sent = start_->is_resumed || request_.rewind.has_value();
    for (const RecordedEvent& event : page->events) {
        head = std::max(head, event.seq);
        if (is_sent && event.written_at >= earliest) {
            const Message message = message_of_event(
                event.event, event.data, event.written_at.time_since_epoch().count()
            );
            start_->replay.push_back(to_frame(
                format(),
                message_frame(
                    ably_name_of(hub_key_), channel_serial_of(event.seq), {message}, format()
                )
            ));
        }
    }
    start_->serial =
        start_->is_resumed ? *request_.channel_serial : channel_serial_of(page->last_seq);
    start_->head_seq = is_sent ? std::optional{head} : std::nullopt;
    finish();
}

void AblyAttachment::finish() {
    const auto start = std::move(start_);
    is_attached_ = true;
    attach_serial_ = start->serial;
    skipped_seq_ = start->head_seq;
    note_plainness();
    const auto members = present_members(shard_.members.find(hub_key_), start->outcome.members);
    std::uint32_t flags = granted_;
    flags |= start->is_resumed ? flag::kResumed : 0;
    flags |= start->replay.empty() ? 0 : flag::kHasBacklog;
    flags |= members.empty() ? 0 : flag::kHasPresence;
    send_attached(start->serial, flags, start->error);
    if (!members.empty()) {
        send_sync(members);
    }
    // What was recorded is not skipped in what is sent again.
    const auto skipped = std::exchange(skipped_seq_, std::nullopt);
    for (const Frame& frame : start->replay) {
        let_through(frame);
    }
    skipped_seq_ = skipped;
    for (const Frame& frame : start->held) {
        send(frame);
    }
}

void AblyAttachment::send_attached(
    const std::string& serial, std::uint32_t flags, const std::optional<ErrorInfo>& error
) {
    Value value = error ? error_value(Action::kAttached, *error) : action_value(Action::kAttached);
    value["channel"] = spelled();
    value["channelSerial"] = serial;
    value["flags"] = flags;
    if (!request_.params.empty()) {
        Value& params = value["params"] = Value::object();
        for (const auto& [name, param] : request_.params) {
            params[name] = name == "modes" ? modes_text(granted_) : param;
        }
    }
    owner_->send(value);
}

void AblyAttachment::send_sync(const std::vector<PresenceMessage>& members) {
    // Letters, digits, "-" and "_" only: anything else ends the page for clients.
    const std::string sync_id = random_token(kSyncIdBytes);
    std::size_t next = 0;
    do {
        Value value = action_value(Action::kSync);
        value["channel"] = spelled();
        Value& list = value["presence"] = Value::array();
        std::size_t bytes = 0;
        while (next < members.size() && bytes < kSyncBytesMax) {
            PresenceMessage member = members[next++];
            member.action = PresenceMessage::Action::kPresent;
            bytes += size_of(member) + 200;
            list.push_back(to_value(member, format()));
        }
        const bool is_last = next == members.size();
        value["channelSerial"] = sync_id + ':' + (is_last ? "" : std::to_string(next));
        owner_->send(value);
    } while (next < members.size());
}

void AblyAttachment::send_members() {
    shard_.hub.read_memberships(
        hub_key_,
        [weak = weak_from_this(),
         &shards = shard_.shards,
         index = shard_.index](std::vector<Presence::Membership> memberships) {
            shards.run_on(index, [weak, memberships = std::move(memberships)] {
                const auto self = weak.lock();
                if (self == nullptr || self->owner_ == nullptr) {
                    return;
                }
                std::vector<Member> members;
                for (const Presence::Membership& membership : memberships) {
                    members.push_back(membership.member);
                }
                self->send_sync(present_members(self->shard_.members.find(self->hub_key_), members)
                );
            });
        }
    );
}

void AblyAttachment::change(AttachRequest request, std::uint32_t granted) {
    // Where it stands is not for an attachment to change that stands: nothing is sent again.
    const std::string serial = request.channel_serial.value_or(attach_serial_);
    if (!is_attached_) {
        request.channel_serial = request_.channel_serial;
        request.rewind = request_.rewind;
    }
    request_ = std::move(request);
    grant(granted);
    if (is_attached_) {
        send_attached(serial, granted_ | flag::kResumed, std::nullopt);
    }
}

void AblyAttachment::grant(std::uint32_t granted) {
    granted_ = granted;
    note_plainness();
}

void AblyAttachment::note_plainness() {
    constexpr std::uint32_t kHears = mode::kSubscribe | mode::kPresenceSubscribe;
    is_plain_ = canonical_.empty() && (granted_ & kHears) == kHears && !skipped_seq_;
}

void AblyAttachment::end(bool is_deliberate) {
    if (std::exchange(is_subscribed_, false)) {
        shard_.hub.unsubscribe(
            shard_.index,
            *this,
            {.channel = hub_key_, .codec = &shard_.codec(format()), .is_deliberate = is_deliberate}
        );
    }
    owner_ = nullptr;
    start_ = nullptr;
    is_attached_ = false;
}

void AblyAttachment::on_session_revoked(const std::string& /*channel*/) {
    is_subscribed_ = false;
    start_ = nullptr;
    // The hub is in the middle of it.
    shard_.shards.post(shard_.index, [self = shared_from_this()] {
        if (AblyClient* owner = std::exchange(self->owner_, nullptr)) {
            owner->drop_attachment(
                std::string{self->spelled()},
                Action::kError,
                refusal(code::kNotPermitted, "The table session is over")
            );
        }
    });
}

void AblyAttachment::send(const Frame& frame) {
    if (is_plain_) {
        owner_->send(frame);
        return;
    }
    if (is_attached_) {
        let_through(frame);
        return;
    }
    if (start_ == nullptr) {
        return;
    }
    start_->held_bytes += frame.bytes().size();
    if (start_->held_bytes <= shard_.options.held_bytes_max) {
        start_->held.push_back(frame);
        return;
    }
    // The hub is delivering: the rest later. A client that is detached while it attaches tries
    // again.
    start_ = nullptr;
    shard_.shards.post(shard_.index, [self = shared_from_this()] {
        if (AblyClient* owner = self->owner_) {
            self->end(true);
            owner->drop_attachment(
                std::string{self->spelled()},
                Action::kDetached,
                {.code = 50004, .status = 503, .message = "Too much came while it was attached"}
            );
        }
    });
}

/// What the client wants of it, under the name that it uses.
void AblyAttachment::let_through(const Frame& frames) {
    const std::string& name = canonical_.empty() ? spelled() : canonical_;
    for (const ChannelFrame& part : split_frames(format(), frames)) {
        const std::uint32_t wanted =
            part.action == Action::kPresence ? mode::kPresenceSubscribe : mode::kSubscribe;
        if ((granted_ & wanted) == 0) {
            continue;
        }
        if (skipped_seq_) {
            const auto serial = channel_serial_in(format(), part.payload, name);
            const auto seq = serial ? parse_seq_serial(*serial) : std::nullopt;
            if (seq && *seq <= *skipped_seq_) {
                continue;
            }
            if (seq) {
                skipped_seq_.reset();
                note_plainness();
            }
        }
        owner_->send(
            canonical_.empty() ? Frame::raw(part.bytes)
                               : with_channel(format(), part.payload, canonical_, spelled())
        );
    }
}

}  // namespace orderpush::realtime::ably
