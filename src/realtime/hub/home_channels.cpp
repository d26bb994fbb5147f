#include "realtime/hub/home_channels.hpp"

#include <algorithm>
#include <cassert>

namespace orderpush::realtime {

std::size_t HomeChannel::subscribers() const noexcept {
    std::size_t count = 0;
    for (const Attachment& attachment : attachments) {
        count += attachment.subscribers;
    }
    return count;
}

HomeChannel* HomeChannels::open(const std::string& name, Deadline now) {
    if (HomeChannel* known = find(name)) {
        return known;
    }
    if (channels_.size() >= limits_.channels_max) {
        if (idle_.empty()) {
            return nullptr;
        }
        drop_longest_idle();
    }
    HomeChannel& channel = channels_[name];
    channel.name = name;
    channel.log.set_capacity(limits_.log_messages_max);
    channel.idle_since = now;
    channel.idle_place = idle_.insert(idle_.end(), &channel);
    return &channel;
}

HomeChannel* HomeChannels::find(std::string_view name) {
    const auto found = channels_.find(name);
    return found == channels_.end() ? nullptr : &found->second;
}

void HomeChannels::attach(HomeChannel& channel, std::size_t shard, const ChannelCodec& codec) {
    if (channel.attachments.empty()) {
        idle_.erase(channel.idle_place);
    }
    const auto found = std::ranges::find_if(channel.attachments, [&](const Attachment& a) {
        return a.shard == shard && a.codec == &codec;
    });
    if (found != channel.attachments.end()) {
        ++found->subscribers;
        return;
    }
    channel.attachments.push_back({.shard = shard, .codec = &codec, .subscribers = 1});
}

void HomeChannels::detach(
    HomeChannel& channel, std::size_t shard, const ChannelCodec& codec, Deadline now
) {
    const auto found = std::ranges::find_if(channel.attachments, [&](const Attachment& a) {
        return a.shard == shard && a.codec == &codec;
    });
    assert(found != channel.attachments.end());
    if (--found->subscribers > 0) {
        return;
    }
    channel.attachments.erase(found);
    if (channel.attachments.empty()) {
        channel.idle_place = idle_.insert(idle_.end(), &channel);
        channel.idle_since = now;
        channel.vacant_since = now;
    }
}

std::shared_ptr<const ChannelMessage> HomeChannels::append(
    HomeChannel& channel, ChannelMessage message, Deadline now
) {
    message.serial = ++channel.last_serial;
    message.published_at = now;
    auto kept = std::make_shared<const ChannelMessage>(std::move(message));
    const auto is_too_old = [&](const auto& old) {
        return old->published_at + limits_.log_age_max <= now;
    };
    while (!channel.log.empty() && is_too_old(channel.log.front())) {
        channel.log.pop_front();
    }
    channel.log.push_back(kept);  // instead of the first, if it is full
    touch_idle(channel, now);
    return kept;
}

std::vector<std::shared_ptr<const ChannelMessage>> HomeChannels::log_of(
    const HomeChannel& channel, Deadline now
) const {
    const auto first = std::find_if(channel.log.begin(), channel.log.end(), [&](const auto& kept) {
        return kept->published_at + limits_.log_age_max > now;
    });
    return {first, channel.log.end()};
}

void HomeChannels::sweep(Deadline now) {
    while (!idle_.empty() && idle_.front()->idle_since + limits_.idle_age_max <= now) {
        drop_longest_idle();
    }
}

void HomeChannels::touch_idle(HomeChannel& channel, Deadline now) {
    if (!channel.attachments.empty()) {
        return;
    }
    channel.idle_since = now;
    idle_.splice(idle_.end(), idle_, channel.idle_place);
}

void HomeChannels::drop_longest_idle() {
    if (on_forget_) {
        on_forget_(*idle_.front());
    }
    const auto oldest = channels_.find(idle_.front()->name);
    idle_.pop_front();
    channels_.erase(oldest);
}

}  // namespace orderpush::realtime
