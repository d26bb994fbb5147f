#include "realtime/hub/channel_cache.hpp"

#include <algorithm>
#include <utility>

namespace orderpush::realtime {
namespace {

std::size_t size_of(const ChannelMessage& message) {
    return message.channel.size() + message.event.size() + message.data.size();
}

}  // namespace

void ChannelCache::put(std::shared_ptr<const ChannelMessage> message, Deadline now) {
    if (const auto known = by_channel_.find(message->channel); known != by_channel_.end()) {
        drop(known->second);
    }
    bytes_ += size_of(*message);
    const std::string& channel = message->channel;
    const auto entry = entries_.insert(entries_.end(), {message, now + limits_.age_max});
    by_channel_.emplace(channel, entry);
    while (bytes_ > limits_.bytes_max) {
        drop(entries_.begin());
    }
}

std::shared_ptr<const ChannelMessage> ChannelCache::find(std::string_view channel, Deadline now)
    const {
    const auto found = by_channel_.find(channel);
    if (found == by_channel_.end() || found->second->expires <= now) {
        return nullptr;
    }
    return found->second->message;
}

std::chrono::milliseconds ChannelCache::time_left(std::string_view channel, Deadline now) const {
    const auto found = by_channel_.find(channel);
    if (found == by_channel_.end()) {
        return {};
    }
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(found->second->expires - now);
    return std::max(left, std::chrono::milliseconds{0});
}

void ChannelCache::sweep(Deadline now) {
    while (!entries_.empty() && entries_.front().expires <= now) {
        drop(entries_.begin());
    }
}

void ChannelCache::drop(std::list<Entry>::iterator entry) {
    bytes_ -= size_of(*entry->message);
    by_channel_.erase(by_channel_.find(entry->message->channel));
    entries_.erase(entry);
}

}  // namespace orderpush::realtime
