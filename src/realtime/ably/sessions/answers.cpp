#include "realtime/ably/sessions/answers.hpp"

#include "realtime/ably/messages/protocol_message.hpp"
#include "realtime/ably/publishing.hpp"

#include <algorithm>
#include <utility>

namespace orderpush::realtime::ably {
namespace {

Value answer_value(Action action, std::int64_t msg_serial) {
    // Also where they are 0: clients hang without them.
    Value value = action_value(action);
    value["msgSerial"] = msg_serial;
    value["count"] = 1;
    return value;
}

Value result_of(const MessageStamp& stamp, std::size_t count) {
    Value serials = Value::array();
    for (std::size_t i = 0; i < count; ++i) {
        serials.push_back(message_serial_of(stamp, i));
    }
    return {{"serials", std::move(serials)}};
}

}  // namespace

Answers::Kept* Answers::find(std::int64_t msg_serial) {
    const auto found = std::ranges::lower_bound(kept_, msg_serial, {}, &Kept::msg_serial);
    return found != kept_.end() && found->msg_serial == msg_serial ? &*found : nullptr;
}

Answers::Begin Answers::begin(std::int64_t msg_serial) {
    if (msg_serial <= last_serial_) {
        if (Kept* known = find(msg_serial)) {
            known->is_wanted = true;
        } else {
            // So long ago that its answer is not kept: it was handled, and no more is known.
            const auto place = std::ranges::lower_bound(kept_, msg_serial, {}, &Kept::msg_serial);
            kept_.insert(place, Kept{.msg_serial = msg_serial, .is_settled = true});
        }
        return Begin::kRepeated;
    }
    while (kept_.size() >= max_) {
        const auto settled = std::ranges::find_if(kept_, [](const Kept& kept) {
            return kept.is_settled && (kept.is_sent || !kept.is_wanted);
        });
        if (settled == kept_.end()) {
            return Begin::kFull;
        }
        kept_.erase(settled);
    }
    last_serial_ = msg_serial;
    kept_.push_back({.msg_serial = msg_serial});
    return Begin::kNew;
}

void Answers::settle(std::int64_t msg_serial, Answer answer) {
    Kept* kept = find(msg_serial);
    if (kept == nullptr) {
        return;
    }
    kept->is_settled = true;
    kept->stamp = answer.stamp;
    kept->count = static_cast<std::uint32_t>(answer.count);
    if (answer.error) {
        kept->error = std::make_unique<ErrorInfo>(*std::move(answer.error));
    }
}

std::vector<Value> Answers::take_due() {
    std::vector<Value> due;
    bool is_open = false;  // whether the last one may be added to
    std::int64_t next = 0;
    // Sent ones stand in front, so that this looks at what is new only.
    auto first = std::find_if(kept_.rbegin(), kept_.rend(), [](const Kept& kept) {
                     return kept.is_sent;
                 }).base();
    for (; first != kept_.end(); ++first) {
        Kept& kept = *first;
        if (!kept.is_wanted) {
            continue;
        }
        if (!kept.is_settled) {
            break;
        }
        kept.is_sent = true;
        if (kept.error) {
            due.push_back(answer_value(Action::kNack, kept.msg_serial));
            due.back()["error"] = to_value(*kept.error);
            is_open = false;
            continue;
        }
        if (!is_open || kept.msg_serial != next) {
            due.push_back(answer_value(Action::kAck, kept.msg_serial));
            due.back()["res"] = Value::array();
        } else {
            due.back()["count"] = due.back()["count"].get<int>() + 1;
        }
        due.back()["res"].push_back(result_of(kept.stamp, kept.count));
        is_open = true;
        next = kept.msg_serial + 1;
    }
    return due;
}

void Answers::begin_transport() {
    for (Kept& kept : kept_) {
        kept.is_wanted = false;
        kept.is_sent = false;
    }
}

}  // namespace orderpush::realtime::ably
