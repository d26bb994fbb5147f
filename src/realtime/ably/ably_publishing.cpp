/// What a client sends to a channel: messages, and whom it presents.
#include "base/coarse_clock.hpp"
#include "realtime/ably/ably_client.hpp"
#include "realtime/ably/access/refusal.hpp"
#include "realtime/ably/publishing.hpp"

#include <atomic>
#include <utility>

namespace orderpush::realtime::ably {
namespace {

ErrorInfo overloaded() {
    return {.code = 50004, .status = 503, .message = "The server is overloaded"};
}

std::optional<std::string> stated(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional{text};
}

/// Settles with the last of several completions: what was not handed over as a whole was not.
struct PublishOutcome {
    using Settle = std::function<void(bool is_good)>;
    explicit PublishOutcome(Settle settle_with) : settle(std::move(settle_with)) {}
    PublishOutcome(const PublishOutcome&) = delete;
    PublishOutcome& operator=(const PublishOutcome&) = delete;
    ~PublishOutcome() { settle(is_good); }

    const Settle settle;
    std::atomic<bool> is_good{true};
};

}  // namespace

bool AblyClient::begin_answer(const ProtocolMessage& message) {
    if (!message.msg_serial) {
        give_up(Action::kError, {.code = 40000, .status = 400, .message = "There is no msgSerial"});
        return false;
    }
    switch (session_->answers().begin(*message.msg_serial)) {
        case Answers::Begin::kNew:
            return true;
        case Answers::Begin::kRepeated:
            session_->answer_due();
            return false;
        case Answers::Begin::kFull:
            give_up(
                Action::kDisconnected,
                {.code = 42911, .status = 429, .message = "Too many messages wait for an answer"}
            );
            return false;
    }
    return false;
}

void AblyClient::refuse(const ProtocolMessage& message, ErrorInfo error) {
    session_->settle(*message.msg_serial, {.error = std::move(error)});
}

std::optional<ErrorInfo> AblyClient::check_right(
    const ChannelName& name, const std::string& hub_key, Operation operation, std::uint32_t mode
) const {
    if (!publishes_affordable_) {
        return ErrorInfo{
            .code = 42911, .status = 429, .message = "The connection publishes too fast"};
    }
    if (!session_->access().capability.allows(operation, name.spelled)) {
        return refusal(code::kNotPermitted, "The capability does not allow it");
    }
    const AttachmentPtr attachment = find(name.spelled);
    if (attachment != nullptr && (attachment->granted() & mode) == 0) {
        return ErrorInfo{
            .code = 40165, .status = 401, .message = "The channel was attached without that mode"};
    }
    if (operation == Operation::kPublish && is_reserved_key(hub_key)) {
        return refusal(code::kNotPermitted, "Only the service publishes on this channel");
    }
    return std::nullopt;
}

Checked<std::vector<Message>> AblyClient::checked_messages(const ProtocolMessage& message) const {
    auto messages = read_messages(message.messages, terms_.format);
    if (!messages) {
        return messages;
    }
    if (auto error = check_ids(*messages)) {
        return *std::move(error);
    }
    const std::string base = session_->id() + ':' + std::to_string(*message.msg_serial) + ':';
    for (std::size_t i = 0; i < messages->size(); ++i) {
        Message& one = (*messages)[i];
        auto client_id = session_->access().client.stamp(stated(one.client_id));
        if (!client_id) {
            return client_id.error();
        }
        if (!one.connection_key.empty() ||
            (!one.connection_id.empty() && one.connection_id != session_->id())) {
            return ErrorInfo{
                .code = 40006, .status = 400, .message = "The message is another connection's"};
        }
        one.client_id = *std::move(client_id);
        one.connection_id = session_->id();
        if (one.id.empty()) {
            one.id = base + std::to_string(i);
        }
    }
    return messages;
}

void AblyClient::publish(const ProtocolMessage& message) {
    if (!begin_answer(message)) {
        return;
    }
    publishes_affordable_ = publishes_.take(shard_.options.publishes, coarse_now());
    auto name = parse_channel_name(message.channel.value_or(""));
    if (!name) {
        refuse(message, name.error());
        return;
    }
    const std::string hub_key = ably::hub_key_of(*session_->access().app, name->name);
    if (auto error = check_right(*name, hub_key, Operation::kPublish, mode::kPublish)) {
        refuse(message, *std::move(error));
        return;
    }
    auto messages = checked_messages(message);
    if (!messages) {
        refuse(message, messages.error());
        return;
    }
    const AttachmentPtr attachment = find(name->spelled);
    const bool has_echo =
        session_->has_echo() && (attachment == nullptr || attachment->request().has_echo);
    const Answer good{.stamp = shard_.hub.stamp(), .count = messages->size()};
    // Of the client's own choice: one that it publishes again is answered as the first was.
    const std::string& first = messages->front().id;
    const std::string chosen = first.starts_with(session_->id() + ':') ? std::string{} : first;
    if (!chosen.empty()) {
        if (const auto before =
                shard_.recent.begin(hub_key, chosen, good.stamp, good.count, shard_.clock.now())) {
            session_->settle(*message.msg_serial, {.stamp = before->stamp, .count = before->count});
            return;
        }
    }
    const auto outcome =
        std::make_shared<PublishOutcome>([settle = session_->settling(*message.msg_serial),
                                          good,
                                          hub_key,
                                          chosen,
                                          &recent = shard_.recent](bool is_good) {
            if (!chosen.empty()) {
                recent.settle(hub_key, chosen, is_good);
            }
            settle(is_good ? good : Answer{.error = overloaded()});
        });
    shard_.hub.publish_batch(
        publications_of(
            {.hub_key = hub_key,
             .messages = *std::move(messages),
             .excluded = has_echo ? std::nullopt : std::optional{session_->socket_id()}},
            good.stamp
        ),
        [outcome](std::size_t /*index*/, bool is_handed_over) {
            if (!is_handed_over) {
                outcome->is_good = false;
            }
        }
    );
}

Checked<std::vector<PresenceMessage>> AblyClient::checked_entries(const ProtocolMessage& message
) const {
    const ErrorInfo malformed{
        .code = 40000, .status = 400, .message = "There are no presence messages"};
    if (!message.presence.is_array() || message.presence.empty() ||
        message.presence.size() > shard_.options.members_max) {
        return malformed;
    }
    const std::string base = session_->id() + ':' + std::to_string(*message.msg_serial) + ':';
    const std::string own = session_->id() + ':';
    std::vector<PresenceMessage> entries;
    for (const Value& value : message.presence) {
        auto entry = read_presence(value, terms_.format);
        if (!entry) {
            return entry.error();
        }
        auto client_id = session_->access().client.stamp(stated(entry->client_id));
        if (!client_id) {
            return client_id.error();
        }
        if (client_id->empty()) {
            return ErrorInfo{.code = 91000, .status = 400, .message = "Presence needs a clientId"};
        }
        if (entry->action == PresenceMessage::Action::kAbsent) {
            return malformed;
        }
        if (size_of(*entry) > kMessageBytesMax) {
            return ErrorInfo{
                .code = 40009, .status = 413, .message = "The presence message is too large"};
        }
        if (entry->action == PresenceMessage::Action::kPresent) {
            entry->action = PresenceMessage::Action::kEnter;
        }
        entry->client_id = *std::move(client_id);
        entry->connection_id = session_->id();
        // Its own of before stays: it is how one that is repeated is known.
        if (!entry->id.starts_with(own)) {
            entry->id = base + std::to_string(entries.size());
        }
        entries.push_back(*std::move(entry));
    }
    return entries;
}

void AblyClient::present(const ProtocolMessage& message) {
    if (!begin_answer(message)) {
        return;
    }
    publishes_affordable_ = publishes_.take(shard_.options.publishes, coarse_now());
    auto name = parse_channel_name(message.channel.value_or(""));
    if (!name) {
        refuse(message, name.error());
        return;
    }
    const AttachmentPtr attachment = find(name->spelled);
    if (attachment == nullptr) {
        refuse(message, {.code = 90001, .status = 404, .message = "The channel is not attached"});
        return;
    }
    if (auto error =
            check_right(*name, attachment->hub_key(), Operation::kPresence, mode::kPresence)) {
        refuse(message, *std::move(error));
        return;
    }
    auto entries = checked_entries(message);
    if (!entries) {
        refuse(message, entries.error());
        return;
    }
    for (const PresenceMessage& entry : *entries) {
        if (entry.action == PresenceMessage::Action::kLeave) {
            continue;
        }
        if (auto error = shard_.members.check_room(attachment->hub_key(), entry)) {
            refuse(message, *std::move(error));
            return;
        }
    }
    session_->members().handle(*message.msg_serial, attachment->hub_key(), *std::move(entries));
}

void AblyClient::echo_presence(
    std::string_view hub_key, const std::vector<PresenceMessage>& changes
) {
    for (const AttachmentPtr& attachment : attachments_) {
        if (attachment->hub_key() != hub_key ||
            (attachment->granted() & mode::kPresenceSubscribe) != 0) {
            continue;
        }
        Value value = action_value(Action::kPresence);
        value["channel"] = attachment->spelled();
        Value& list = value["presence"] = Value::array();
        for (const PresenceMessage& change : changes) {
            PresenceMessage own = change;
            own.timestamp = shard_.clock.now().time_since_epoch().count();
            list.push_back(to_value(own, terms_.format));
        }
        send(value);
    }
}

}  // namespace orderpush::realtime::ably
