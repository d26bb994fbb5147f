#include "realtime/ably/sessions/own_members.hpp"

#include "protocol/ably_member.hpp"
#include "realtime/ably/ably_client.hpp"
#include "realtime/ably/access/refusal.hpp"
#include "realtime/ably/publishing.hpp"
#include "realtime/ably/sessions/ably_session.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace orderpush::realtime::ably {
namespace {

using PresenceAction = PresenceMessage::Action;

/// What the product and other protocols show of a member.
std::string info_of(const PresenceMessage& entry) {
    if (entry.payload.kind != Payload::Kind::kText) {
        return "null";
    }
    return protocol::ably_member_info(entry.payload.bytes).value_or("null");
}

Unsubscription unsubscription_of(const OwnMember& member) {
    return {.channel = member.hub_key(), .codec = &silent_codec(), .user_id = member.client_id()};
}

ErrorInfo info_of(SubscribeRefusal reason) {
    switch (reason) {
        case SubscribeRefusal::kPresenceFull:
        case SubscribeRefusal::kGuestsFull:
        case SubscribeRefusal::kGuestConnectionsFull:
            return {
                .code = 91003,
                .status = 400,
                .message = "The channel has as many members as it may have"};
        case SubscribeRefusal::kSessionRevoked:
            return refusal(code::kNotPermitted, "The table session is over");
        case SubscribeRefusal::kTooManyChannels:
        case SubscribeRefusal::kTooManyUnsignedChannels:
            break;
    }
    return {
        .code = 50004, .status = 503, .message = "The server has as many channels as it may have"};
}

ErrorInfo overloaded() {
    return {.code = 50004, .status = 503, .message = "The server is overloaded"};
}

PresenceMessage left_by_server(PresenceMessage member, const std::string& connection_id) {
    member.action = PresenceAction::kLeave;
    // Not beginning with the connectionId: such are compared by their time.
    member.id = "leave:" + connection_id + ":0";
    return member;
}

}  // namespace

OwnMember::OwnMember(AblySession& session, std::string hub_key, std::string client_id)
    : session_(&session),
      socket_id_(session.socket_id()),
      hub_key_(std::move(hub_key)),
      client_id_(std::move(client_id)) {}

void OwnMember::on_subscribed(const std::string& /*channel*/, const SubscribeOutcome& outcome) {
    is_granted_ = !outcome.refusal;
    session_->members().on_joined(*this, outcome);
}

void OwnMember::on_session_revoked(const std::string& /*channel*/) {
    is_granted_ = false;
    session_->members().on_revoked(*this);
}

void OwnMembers::handle(
    std::int64_t msg_serial, std::string hub_key, std::vector<PresenceMessage> entries
) {
    if (works_ == nullptr) {
        works_ = std::make_unique<std::list<Work>>();
    }
    works_->push_back(
        {.msg_serial = msg_serial, .hub_key = std::move(hub_key), .entries = std::move(entries)}
    );
    go_on();
}

void OwnMembers::go_on() {
    // The hub answers at once where it can.
    if (std::exchange(is_going_on_, true)) {
        return;
    }
    while (works_ != nullptr) {
        Work& work = works_->front();
        if (!std::exchange(work.has_begun, true)) {
            begin(work);
        }
        if (work.waiting > 0) {
            break;
        }
        Work done = std::move(work);
        works_->pop_front();
        if (works_->empty()) {
            works_ = nullptr;
        }
        finish(std::move(done));
    }
    is_going_on_ = false;
}

void OwnMembers::begin(Work& work) {
    std::vector<MemberPtr> joining;
    for (const PresenceMessage& entry : work.entries) {
        if (entry.action == PresenceAction::kLeave || find(work.hub_key, entry.client_id)) {
            continue;
        }
        if (members_.size() >= shard_.options.members_max) {
            work.error = ErrorInfo{
                .code = 91003,
                .status = 400,
                .message = "The connection presents as many clients as it may"};
            return;
        }
        const auto member = std::make_shared<OwnMember>(session_, work.hub_key, entry.client_id);
        members_.push_back(member);
        work.fresh.push_back(member);
        ++work.waiting;
        shard_.hub.subscribe(
            shard_.index,
            {.channel = work.hub_key,
             .subscriber = member,
             .codec = &silent_codec(),
             .member =
                 Member{.user_id = entry.client_id, .info = info_of(entry), .has_envelopes = true},
             .session = session_.access().session}
        );
    }
}

void OwnMembers::on_joined(OwnMember& member, const SubscribeOutcome& outcome) {
    // Only the first one has members whose answer is awaited.
    Work& work = works_->front();
    --work.waiting;
    if (outcome.refusal) {
        work.error = info_of(*outcome.refusal);
        remove(member);
    }
    go_on();
}

void OwnMembers::finish(Work work) {
    if (work.error) {  // all or nothing
        for (const MemberPtr& member : work.fresh) {
            if (member->is_granted()) {
                member->give_up();
                shard_.hub.unsubscribe(shard_.index, *member, unsubscription_of(*member));
                remove(*member);
            }
        }
        session_.settle(work.msg_serial, {.error = std::move(work.error)});
        return;
    }
    std::vector<PresenceMessage> changes;
    for (PresenceMessage& entry : work.entries) {
        if (auto change = change_of(work, std::move(entry))) {
            changes.push_back(*std::move(change));
        }
    }
    publish(work, std::move(changes));
}

std::optional<PresenceMessage> OwnMembers::change_of(const Work& work, PresenceMessage entry) {
    const auto known = shard_.members.find(work.hub_key, session_.id(), entry.client_id);
    if (entry.action != PresenceAction::kLeave) {
        // A client that is back enters again what it had entered.
        const bool is_repeated = known && known->id == entry.id;
        return is_repeated ? std::nullopt : std::optional{std::move(entry)};
    }
    const auto member = find(work.hub_key, entry.client_id);
    if (member == nullptr) {
        return std::nullopt;
    }
    member->give_up();
    if (member->is_granted()) {
        shard_.hub.unsubscribe(shard_.index, *member, unsubscription_of(*member));
    }
    remove(*member);
    if (entry.payload.kind == Payload::Kind::kNone && known) {
        entry.payload = known->payload;
    }
    return entry;
}

void OwnMembers::publish(const Work& work, std::vector<PresenceMessage> changes) {
    if (changes.empty()) {
        session_.settle(work.msg_serial, {});
        return;
    }
    if (AblyClient* client = session_.client()) {
        client->echo_presence(work.hub_key, changes);
    }
    shard_.hub.publish(
        publication_of(work.hub_key, changes),
        [settle = session_.settling(work.msg_serial)](bool is_handed_over) {
            settle(is_handed_over ? Answer{} : Answer{.error = overloaded()});
        }
    );
}

void OwnMembers::leave(std::string_view hub_key) {
    std::map<std::string, std::vector<PresenceMessage>> leaves;
    if (works_ != nullptr) {
        for (Work& work : *works_) {
            if (hub_key.empty() || work.hub_key == hub_key) {
                work.error = ErrorInfo{
                    .code = 90001, .status = 404, .message = "The channel is not attached"};
            }
        }
    }
    for (const MemberPtr& member : std::vector{members_}) {
        if (!hub_key.empty() && member->hub_key() != hub_key) {
            continue;
        }
        if (!member->is_granted()) {
            continue;  // its frame is refused when the hub answers
        }
        member->give_up();
        remove(*member);
        shard_.hub.unsubscribe(shard_.index, *member, unsubscription_of(*member));
        if (auto known =
                shard_.members.find(member->hub_key(), session_.id(), member->client_id())) {
            leaves[member->hub_key()].push_back(left_by_server(*std::move(known), session_.id()));
        }
    }
    for (auto& [channel, members] : leaves) {
        shard_.hub.publish(publication_of(channel, members), nullptr);
    }
}

void OwnMembers::on_revoked(OwnMember& member) {
    // The hub is in the middle of it.
    shard_.shards.post(
        shard_.index,
        [weak = session_.weak_from_this(), key = member.hub_key(), client = member.client_id()] {
            if (const auto session = weak.lock()) {
                session->members().say_gone(key, client);
            }
        }
    );
}

void OwnMembers::say_gone(const std::string& hub_key, const std::string& client_id) {
    const auto member = find(hub_key, client_id);
    if (member == nullptr || member->is_granted()) {
        return;
    }
    remove(*member);
    if (auto known = shard_.members.find(hub_key, session_.id(), client_id)) {
        shard_.hub.publish(
            publication_of(hub_key, {left_by_server(*std::move(known), session_.id())}), nullptr
        );
    }
}

OwnMembers::MemberPtr OwnMembers::find(std::string_view hub_key, std::string_view client_id) const {
    const auto found = std::ranges::find_if(members_, [&](const MemberPtr& member) {
        return member->hub_key() == hub_key && member->client_id() == client_id;
    });
    return found == members_.end() ? nullptr : *found;
}

void OwnMembers::remove(const OwnMember& member) {
    std::erase_if(members_, [&](const MemberPtr& other) { return other.get() == &member; });
}

}  // namespace orderpush::realtime::ably
