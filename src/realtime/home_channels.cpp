#include "realtime/home_channels.hpp"

#include <algorithm>
#include <cassert>

namespace orderpush::realtime {

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
    }
}

std::shared_ptr<const ChannelMessage> HomeChannels::append(
    HomeChannel& channel, ChannelMessage message, Deadline now
) {
    message.serial = ++channel.last_serial;
    auto kept = std::make_shared<const ChannelMessage>(std::move(message));
    if (channel.log.size() >= limits_.log_messages_max) {
        channel.log.erase(channel.log.begin());
    }
    channel.log.push_back(kept);
    channel.last_at = now;
    touch_idle(channel, now);
    return kept;
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
    const auto oldest = channels_.find(idle_.front()->name);
    idle_.pop_front();
    channels_.erase(oldest);
}

}  // namespace orderpush::realtime
