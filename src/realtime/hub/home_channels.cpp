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

HomeChannel* HomeChannels::open(const std::string& name, Deadline now, ChannelClaim claim) {
    if (HomeChannel* known = find(name)) {
        raise(*known, claim);
        return known;
    }
    // Names are chosen by clients: without a bound anybody could fill the memory with them.
    ChannelGroup& group = group_of(name, claim);
    if (!make_room(group)) {
        return nullptr;
    }
    HomeChannel& channel = channels_[name];
    channel.name = name;
    channel.epoch = next_epoch_++;
    channel.group = &group;
    ++group.channels;
    channel.idle_since = now;
    channel.idle_place = group.idle.insert(group.idle.end(), &channel);
    return &channel;
}

ChannelGroup& HomeChannels::group_of(const std::string& name, ChannelClaim claim) {
    const bool is_unsigned = claim < ChannelClaim::kSigned;
    const std::string app{is_unsigned ? limits_.app_of(name) : std::string_view{}};
    ChannelGroup& group = groups_[static_cast<std::size_t>(claim)][app];
    group.claim = claim;
    return group;
}

bool HomeChannels::is_full(const ChannelGroup& group) const {
    return group.claim < ChannelClaim::kSigned && group.channels >= limits_.unsigned_channels_max;
}

bool HomeChannels::is_unsigned_full(const std::string& name, ChannelClaim claim) {
    return is_full(group_of(name, claim));
}

bool HomeChannels::make_room(ChannelGroup& group) {
    if (is_full(group) && !drop_longest_idle(group)) {
        return false;
    }
    const bool is_reserved = group.claim == ChannelClaim::kReserved;
    const std::size_t most = limits_.channels_max - (is_reserved ? 0 : limits_.reserved);
    return channels_.size() < most || drop_any_idle(group.claim);
}

void HomeChannels::raise(HomeChannel& channel, ChannelClaim claim) {
    if (claim <= channel.group->claim) {
        return;
    }
    ChannelGroup& group = group_of(channel.name, claim);
    if (is_full(group)) {
        return;
    }
    if (channel.attachments.empty()) {
        // Behind those that became idle before it, or a moment out of order.
        group.idle.splice(group.idle.end(), channel.group->idle, channel.idle_place);
    }
    --channel.group->channels;
    ++group.channels;
    channel.group = &group;
}

HomeChannel* HomeChannels::find(std::string_view name) {
    const auto found = channels_.find(name);
    return found == channels_.end() ? nullptr : &found->second;
}

void HomeChannels::attach(HomeChannel& channel, std::size_t shard, const ChannelCodec& codec) {
    if (channel.attachments.empty()) {
        channel.group->idle.erase(channel.idle_place);
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
        auto& idle = channel.group->idle;
        channel.idle_place = idle.insert(idle.end(), &channel);
        channel.idle_since = now;
        channel.vacant_since = now;
    }
}

std::shared_ptr<const ChannelMessage> HomeChannels::append(
    HomeChannel& channel, ChannelMessage message, Deadline now
) {
    message.serial = ++channel.last_serial;
    message.published_at = now;
    channel.last_stamp = message.stamp;
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
        .last_serial = channel->last_serial,
        .last_stamp = channel->last_stamp,
        .opened_stamp = channel->opened_stamp};
}

void HomeChannels::sweep(Deadline now) {
    for (auto& groups : groups_) {
        for (auto& [app, group] : groups) {
            while (!group.idle.empty() &&
                   group.idle.front()->idle_since + limits_.idle_age_max <= now) {
                drop_longest_idle(group);
            }
        }
        std::erase_if(groups, [](const auto& entry) { return entry.second.channels == 0; });
    }
    log_.sweep(now);
}

void HomeChannels::touch_idle(HomeChannel& channel, Deadline now) {
    if (!channel.attachments.empty()) {
        return;
    }
    channel.idle_since = now;
    auto& idle = channel.group->idle;
    idle.splice(idle.end(), idle, channel.idle_place);
}

bool HomeChannels::drop_longest_idle(ChannelGroup& group) {
    if (group.idle.empty()) {
        return false;
    }
    HomeChannel& oldest = *group.idle.front();
    // While the channel is still there to be read.
    if (on_forget_) {
        on_forget_(oldest);
    }
    log_.drop(oldest.log);
    group.idle.pop_front();
    --group.channels;
    channels_.erase(channels_.find(oldest.name));
    return true;
}

bool HomeChannels::drop_any_idle(ChannelClaim most) {
    for (std::size_t claim = 0; claim <= static_cast<std::size_t>(most); ++claim) {
        for (auto& [app, group] : groups_.at(claim)) {
            if (drop_longest_idle(group)) {
                return true;
            }
        }
    }
    return false;
}

}  // namespace orderpush::realtime
