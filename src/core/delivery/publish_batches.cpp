#include "core/delivery/publish_batches.hpp"

#include <algorithm>
#include <cassert>
#include <map>
#include <utility>

namespace orderpush {

PublishBatches::PublishBatches(
    std::span<const OutboxEntry> entries,
    std::span<const std::string> payloads,
    const RequestLimits& limits
)
    : payloads_(payloads), limits_(limits), outcomes_(entries.size()) {
    std::map<Channel, std::size_t> places;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const auto [place, is_new] = places.try_emplace(entries[i].channel, channels_.size());
        if (is_new) {
            channels_.emplace_back();
        }
        channels_[place->second].indices.push_back(i);
        channel_of_.push_back(place->second);
    }
}

std::vector<PublishBatches::Request> PublishBatches::next() const {
    std::vector<Request> requests;
    Request open;
    for (const Waiting& waiting : channels_) {
        if (waiting.indices.empty()) {
            continue;
        }
        const bool is_full = requests.size() + (open.empty() ? 0 : 1) >= limits_.requests_max;
        if (waiting.alone == 0 && !open.empty() && append(open, waiting)) {
            continue;
        }
        if (is_full) {
            continue;
        }
        if (waiting.alone > 0) {
            requests.push_back({waiting.indices.front()});
            continue;
        }
        if (!open.empty()) {
            requests.push_back(std::exchange(open, {}));
        }
        append(open, waiting);
    }
    if (!open.empty()) {
        requests.push_back(std::move(open));
    }
    return requests;
}

bool PublishBatches::append(Request& request, const Waiting& waiting) const {
    const std::size_t present = request.size();
    const std::size_t room = std::min(limits_.entries_max - present, limits_.channel_entries_max);
    std::size_t bytes = bytes_of(request);
    for (std::size_t i = 0; i < std::min(room, waiting.indices.size()); ++i) {
        const std::size_t index = waiting.indices[i];
        bytes += payloads_[index].size();
        if (bytes > limits_.bytes_max && !request.empty()) {
            break;
        }
        request.push_back(index);
    }
    return request.size() > present;
}

std::size_t PublishBatches::bytes_of(const Request& request) const {
    std::size_t bytes = 0;
    for (const std::size_t index : request) {
        bytes += payloads_[index].size();
    }
    return bytes;
}

void PublishBatches::settle(const Request& request, const PublishOutcome& outcome) {
    using Kind = PublishOutcome::Kind;
    switch (outcome.kind) {
        case Kind::kDelivered:
            std::ranges::for_each(request, [&](std::size_t index) { deliver(index); });
            break;
        case Kind::kUnclear:
        case Kind::kRejected:
            if (request.size() > 1) {
                send_alone(request);
            } else {
                fail(request.front(), outcome);
            }
            break;
        case Kind::kRetry:
        case Kind::kHeld:
        case Kind::kStopped:
            fail_all(outcome);
            break;
    }
}

void PublishBatches::deliver(std::size_t index) {
    is_any_delivered_ = true;
    Waiting& waiting = channels_[channel_of_[index]];
    if (waiting.indices.empty() || waiting.indices.front() != index) {
        return;  // one before it in its channel failed
    }
    waiting.indices.pop_front();
    waiting.alone -= waiting.alone > 0 ? 1 : 0;
}

void PublishBatches::fail(std::size_t index, const PublishOutcome& outcome) {
    Waiting& waiting = channels_[channel_of_[index]];
    if (waiting.indices.empty() || waiting.indices.front() != index) {
        return;  // settled with one before it
    }
    using Kind = PublishOutcome::Kind;
    PublishOutcome behind = outcome;
    const bool is_refused = outcome.kind == Kind::kRejected || outcome.kind == Kind::kUnclear;
    if (is_refused) {
        behind = {.kind = Kind::kRetry, .reason = "not sent: the entry before it was refused"};
    }
    if (outcome.kind == Kind::kRejected) {
        behind.retry_after = std::chrono::milliseconds{0};
    }
    for (const std::size_t each : waiting.indices) {
        outcomes_[each] = each == index ? outcome : behind;
    }
    waiting.indices.clear();
    // Whoever refuses one message after the other does not read them.
    unclear_count_ += outcome.kind == Kind::kUnclear ? 1 : 0;
    if (!is_any_delivered_ && unclear_count_ >= limits_.unclear_max) {
        fail_all({.kind = Kind::kRetry, .reason = outcome.reason});
    }
}

void PublishBatches::fail_all(const PublishOutcome& outcome) {
    for (Waiting& waiting : channels_) {
        for (const std::size_t index : waiting.indices) {
            outcomes_[index] = outcome;
        }
        waiting.indices.clear();
    }
}

void PublishBatches::send_alone(const Request& request) {
    assert(request.size() > 1);
    for (const std::size_t index : request) {
        ++channels_[channel_of_[index]].alone;
    }
}

std::vector<PublishOutcome> PublishBatches::outcomes() && {
    assert(next().empty());
    return std::move(outcomes_);
}

}  // namespace orderpush
