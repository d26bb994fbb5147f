/// What a client attaches to, and by what right.
#include "realtime/ably/ably_client.hpp"
#include "realtime/ably/access/refusal.hpp"
#include "realtime/ably/publishing.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace orderpush::realtime::ably {
namespace {

struct ModeRight {
    std::uint32_t modes;
    Operation operation;
};
constexpr std::array kRights{
    ModeRight{mode::kSubscribe | mode::kPresenceSubscribe, Operation::kSubscribe},
    ModeRight{mode::kPublish, Operation::kPublish},
    ModeRight{mode::kPresence, Operation::kPresence},
    ModeRight{mode::kAnnotationPublish, Operation::kAnnotationPublish},
    ModeRight{mode::kAnnotationSubscribe, Operation::kAnnotationSubscribe}};

ErrorInfo not_permitted() {
    return refusal(code::kNotPermitted, "The capability allows nothing on this channel");
}

}  // namespace

std::uint32_t AblyClient::allowed_modes(std::uint32_t modes, std::string_view spelled) const {
    std::uint32_t allowed = 0;
    for (const ModeRight& right : kRights) {
        if ((modes & right.modes) != 0 &&
            session_->access().capability.allows(right.operation, spelled)) {
            allowed |= modes & right.modes;
        }
    }
    return allowed;
}

AblyClient::AttachmentPtr AblyClient::find(std::string_view spelled) const {
    const auto found = std::ranges::find_if(attachments_, [&](const AttachmentPtr& attachment) {
        return attachment->spelled() == spelled;
    });
    return found == attachments_.end() ? nullptr : *found;
}

void AblyClient::refuse_channel(const std::string& channel, const ErrorInfo& error) {
    Value value = error_value(Action::kError, error);
    value["channel"] = channel;
    send(value);
}

void AblyClient::drop_attachment(
    const std::string& spelled, Action action, const ErrorInfo& error
) {
    std::erase_if(attachments_, [&](const AttachmentPtr& other) {
        return other->spelled() == spelled;
    });
    Value value = error_value(action, error);
    value["channel"] = spelled;
    send(value);
}

void AblyClient::attach(const ProtocolMessage& message) {
    const std::string spelled = message.channel.value_or("");
    auto name = parse_channel_name(spelled);
    auto request = name ? read_attach(message, *std::move(name)) : name.error();
    if (!request) {
        refuse_channel(spelled, request.error());
        return;
    }
    const std::uint32_t granted = allowed_modes(request->modes, spelled);
    const AttachmentPtr known = find(spelled);
    if (granted == 0) {
        if (known != nullptr) {
            known->end(true);
            drop_attachment(spelled, Action::kError, not_permitted());
        } else {
            refuse_channel(spelled, not_permitted());
        }
        return;
    }
    if (known != nullptr) {
        known->change(*std::move(request), granted);
        return;
    }
    if (attachments_.size() >= shard_.options.attachments_max) {
        refuse_channel(
            spelled,
            {.code = 90010,
             .status = 400,
             .message = "The connection has as many channels as it may have"}
        );
        return;
    }
    std::string hub_key = ably::hub_key_of(*session_->access().app, request->name.name);
    const auto attachment = std::make_shared<AblyAttachment>(
        shard_, *this, *std::move(request), std::move(hub_key), granted
    );
    attachments_.push_back(attachment);
    attachment->begin();
}

void AblyClient::detach(const ProtocolMessage& message) {
    const std::string spelled = message.channel.value_or("");
    if (const AttachmentPtr attachment = find(spelled)) {
        std::erase(attachments_, attachment);
        attachment->end(true);
        session_->members().leave(attachment->hub_key());
    }
    Value value = action_value(Action::kDetached);
    value["channel"] = spelled;
    send(value);
}

void AblyClient::sync(const ProtocolMessage& message) {
    const AttachmentPtr attachment = find(message.channel.value_or(""));
    if (attachment != nullptr && attachment->is_attached()) {
        attachment->send_members();
    }
}

void AblyClient::reauthenticate(const ProtocolMessage& message) {
    const AblyAccess& before = session_->access();
    auto access = shard_.authenticator.authenticate({.token = message.access_token});
    // A token for everybody leaves the client who it said it was when it connected.
    if (access && access->client.is_any()) {
        access->client = before.client;
    }
    const auto error = access ? AblyAuthenticator::check_replacement(before, *access)
                              : std::optional{access.error()};
    if (error) {
        give_up(Action::kError, *error);
        return;
    }
    session_->replace_access(*std::move(access));
    send_connected(std::nullopt);
    recheck_attachments();
}

void AblyClient::recheck_attachments() {
    for (const AttachmentPtr& attachment : std::vector{attachments_}) {
        const std::uint32_t granted =
            allowed_modes(attachment->request().modes, attachment->spelled());
        if (granted != 0) {
            attachment->grant(granted);
            continue;
        }
        attachment->end(true);
        session_->members().leave(attachment->hub_key());
        drop_attachment(attachment->spelled(), Action::kError, not_permitted());
    }
}

}  // namespace orderpush::realtime::ably
