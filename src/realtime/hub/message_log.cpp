#include "realtime/hub/message_log.hpp"

#include <iterator>
#include <utility>

namespace orderpush::realtime {

void MessageLog::add(Part& part, std::shared_ptr<const ChannelMessage> message) {
    const Deadline now = message->published_at;
    bytes_ += size_of(*message);
    entries_.push_back({.message = std::move(message), .part = &part});
    const auto entry = std::prev(entries_.end());
    if (part.count_++ == 0) {
        part.first_ = entry;
    } else {
        part.last_->next = entry;
    }
    part.last_ = entry;
    sweep(now);
    while (bytes_ > limits_.bytes_max) {
        evict_oldest();
    }
}

std::vector<std::shared_ptr<const ChannelMessage>> MessageLog::read(const Part& part) const {
    std::vector<std::shared_ptr<const ChannelMessage>> messages;
    messages.reserve(part.count_);
    auto entry = part.first_;
    for (std::size_t i = 0; i < part.count_; ++i) {
        messages.push_back(entry->message);
        entry = entry->next;
    }
    return messages;
}

void MessageLog::drop(Part& part) {
    while (part.count_ > 0) {
        unlink(part.first_);
    }
}

void MessageLog::sweep(Deadline now) {
    while (!entries_.empty() && entries_.front().message->published_at + limits_.age_max <= now) {
        evict_oldest();
    }
}

/// What the heap gives for it, but for the allocator's own few bytes: the bound is one of memory,
/// and small messages take far more than their text.
std::size_t MessageLog::size_of(const ChannelMessage& message) noexcept {
    constexpr std::size_t kFixed = sizeof(ChannelMessage) + sizeof(Entry) + 4 * sizeof(void*);
    const std::size_t user_id = message.user_id ? message.user_id->capacity() : 0;
    return kFixed + message.channel.capacity() + message.event.capacity() +
           message.data.capacity() + message.envelope.capacity() + user_id;
}

void MessageLog::evict_oldest() {
    unlink(entries_.begin());
}

/// The first entry of its channel.
void MessageLog::unlink(Entries::iterator entry) {
    Part& part = *entry->part;
    part.complete_after_ = entry->message->serial;
    part.first_ = entry->next;
    --part.count_;
    bytes_ -= size_of(*entry->message);
    entries_.erase(entry);
}

}  // namespace orderpush::realtime
