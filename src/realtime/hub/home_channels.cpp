#include "realtime/hub/home_channels.hpp"

#include <algorithm>
#include <cassert>

namespace orderpush::realtime {

HomeChannels::HomeChannels(const HomeLimits& limits, ForgetHook on_forget)
    : limits_(limits),
      on_forget_(std::move(on_forget)),
      // From the time, so that no epoch comes again after a restart.
      next_epoch_(static_cast<std::uint64_t>(
          std::chrono::system_clock::now().time_since_epoch() / std::chrono::nanoseconds{1}
      )),
      log_(limits.log) {}

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
    // Names are chosen by clients: without a bound anybody could fill the memory with them.
    if (channels_.size() >= limits_.channels_max) {
        if (idle_.empty()) {
            return nullptr;
        }
        drop_longest_idle();
    }
    HomeChannel& channel = channels_[name];
    channel.name = name;
    channel.epoch = next_epoch_++;
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
    log_.add(channel.log, kept);
    touch_idle(channel, now);
    return kept;
}

LogExcerpt HomeChannels::read_log(std::string_view name, Deadline now) {
    log_.sweep(now);
    const HomeChannel* channel = find(name);
    if (channel == nullptr) {
        return {};
    }
    return {
        .messages = log_.read(channel->log),
        .epoch = channel->epoch,
        .complete_after = channel->log.complete_after(),
        .last_serial = channel->last_serial};
}

void HomeChannels::sweep(Deadline now) {
    while (!idle_.empty() && idle_.front()->idle_since + limits_.idle_age_max <= now) {
        drop_longest_idle();
    }
    log_.sweep(now);
}

void HomeChannels::touch_idle(HomeChannel& channel, Deadline now) {
    if (!channel.attachments.empty()) {
        return;
    }
    channel.idle_since = now;
    idle_.splice(idle_.end(), idle_, channel.idle_place);
}

void HomeChannels::drop_longest_idle() {
    // While the channel is still there to be read.
    if (on_forget_) {
        on_forget_(*idle_.front());
    }
    log_.drop(idle_.front()->log);
    const auto oldest = channels_.find(idle_.front()->name);
    idle_.pop_front();
    channels_.erase(oldest);
}

}  // namespace orderpush::realtime
