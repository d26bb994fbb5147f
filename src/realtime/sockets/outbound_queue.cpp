#include "realtime/sockets/outbound_queue.hpp"

#include <algorithm>
#include <cassert>

namespace orderpush::realtime {
namespace {

/// Frames that wait together on a busy channel; growing to as many one by one costs more.
constexpr std::size_t kUsualFrames = 8;

}  // namespace

void OutboundQueue::push_upgrade_answer(const Frame& answer) {
    assert(is_empty());
    push_last(answer);
    has_upgrade_answer_ = true;
}

/// The first frame behind the answer to the upgrade, while that is queued.
std::size_t OutboundQueue::waiting_from() const noexcept {
    return has_upgrade_answer_ ? std::max<std::size_t>(head_, 1) : head_;
}

bool OutboundQueue::push(const Frame& frame, const OutboundLimits& limits) {
    const std::size_t waiting = count_ - waiting_from();
    const bool is_over =
        bytes_ + frame.bytes().size() > limits.bytes_max || waiting >= limits.frames_max;
    if (is_over && waiting > 0) {
        return false;
    }
    push_last(frame);
    return true;
}

void OutboundQueue::push_last(const Frame& frame) {
    if (count_ == 0) {
        first_ = frame;
    } else {
        if (more_.capacity() == 0) {
            more_.reserve(kUsualFrames);
        }
        more_.push_back(frame);
    }
    ++count_;
    bytes_ += frame.bytes().size();
}

void OutboundQueue::drop_unwritten() {
    const std::size_t kept = std::max(waiting_from(), written_ > 0 ? head_ + 1 : head_);
    if (kept == 0) {
        first_ = Frame{};
    }
    more_.resize(kept == 0 ? 0 : kept - 1);
    count_ = kept;
    bytes_ = kept > head_ ? frame(head_).bytes().size() - written_ : 0;
}

std::size_t OutboundQueue::gather(std::span<iovec> slots) const {
    const std::size_t count = std::min(slots.size(), count_ - head_);
    for (std::size_t i = 0; i < count; ++i) {
        std::string_view bytes = frame(head_ + i).bytes();
        bytes.remove_prefix(i == 0 ? written_ : 0);
        // sendmsg() takes a pointer to mutable bytes and does not write through it.
        slots[i] = {.iov_base = const_cast<char*>(bytes.data()), .iov_len = bytes.size()};
    }
    return count;
}

void OutboundQueue::consume(std::size_t count) {
    assert(count <= bytes_);
    bytes_ -= count;
    written_ += count;
    while (head_ < count_ && written_ >= frame(head_).bytes().size()) {
        written_ -= frame(head_).bytes().size();
        frame(head_) = Frame{};
        ++head_;
    }
    if (!is_empty()) {
        return;
    }
    // Gives the memory back: most connections are idle most of the time, and a write costs far more
    // than an allocation.
    head_ = 0;
    count_ = 0;
    more_ = {};
    has_upgrade_answer_ = false;
}

}  // namespace orderpush::realtime
