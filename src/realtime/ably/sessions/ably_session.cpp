#include "realtime/ably/sessions/ably_session.hpp"

#include "realtime/ably/ably_client.hpp"
#include "realtime/ably/sessions/connection_key.hpp"
#include "realtime/ably/sessions/session_table.hpp"

#include <algorithm>
#include <utility>

namespace orderpush::realtime::ably {
namespace {

Deadline now() {
    return std::chrono::steady_clock::now();
}

}  // namespace

AblySession::AblySession(const AblyShard& shard, AblyAccess access, bool has_echo)
    : shard_(shard),
      id_(make_connection_id()),
      access_(std::move(access)),
      answers_(shard.options.answers_max),
      members_(shard, *this),
      remain_present_(shard.options.remain_present),
      has_echo_(has_echo) {
    set_token_times();
}

void AblySession::replace_access(AblyAccess access) {
    access_ = std::move(access);
    set_token_times();
    shard_.sessions.settle(*this);
}

void AblySession::set_token_times() {
    renewal_due_ = expiry_due_ = Deadline::max();
    if (!access_.expires_at) {
        return;
    }
    const auto left = *access_.expires_at - shard_.clock.now();
    expiry_due_ = now() + left;
    // One that ends sooner was made to end: its client is told at its end.
    if (left > shard_.options.renewal_lead) {
        renewal_due_ = expiry_due_ - shard_.options.renewal_lead;
    }
}

void AblySession::settle(std::int64_t msg_serial, Answer answer) {
    answers_.settle(msg_serial, std::move(answer));
    schedule_answers();
}

std::function<void(Answer answer)> AblySession::settling(std::int64_t msg_serial) {
    return [weak = weak_from_this(), &shards = shard_.shards, index = shard_.index, msg_serial](
               Answer answer
           ) {
        shards.post(index, [weak, msg_serial, answer = std::move(answer)] {
            if (const auto session = weak.lock()) {
                session->settle(msg_serial, answer);
            }
        });
    };
}

void AblySession::schedule_answers() {
    if (client_ == nullptr || std::exchange(is_answering_, true)) {
        return;
    }
    // Behind what waits to be handed over: clients count on hearing their own member first.
    shard_.shards
        .end_turn_with(shard_.index, IoShards::TurnEnd::kHandOver, [weak = weak_from_this()] {
            if (const auto session = weak.lock()) {
                session->send_answers();
            }
        });
}

void AblySession::send_answers() {
    is_answering_ = false;
    if (client_ == nullptr) {
        return;
    }
    for (const Value& answer : answers_.take_due()) {
        client_->send(answer);
    }
}

void AblySession::begin_on(AblyClient& client) {
    client_ = &client;
    key_ = make_connection_key(id_, shard_.index);
    answers_.begin_transport();
    shard_.sessions.settle(*this);
}

void AblySession::lose() {
    client_ = nullptr;
    lost_at_ = now();
    shard_.sessions.settle(*this);
}

void AblySession::end() {
    if (std::exchange(has_ended_, true)) {
        return;
    }
    client_ = nullptr;
    members_.leave({});
    shard_.sessions.settle(*this);
}

Deadline AblySession::next_due() const {
    if (client_ != nullptr) {
        return std::min({renewal_due_, expiry_due_, client_->heartbeat_due()});
    }
    const Deadline forgotten = lost_at_ + shard_.options.connection_state_ttl;
    return members_.count() == 0 ? forgotten : std::min(forgotten, lost_at_ + remain_present_);
}

void AblySession::on_due(Deadline now) {
    if (client_ == nullptr) {
        if (lost_at_ + shard_.options.connection_state_ttl <= now) {
            end();
        } else if (lost_at_ + remain_present_ <= now) {
            members_.leave({});
        }
        return;
    }
    if (client_->heartbeat_due() <= now) {
        client_->beat(now);
    }
    if (expiry_due_ <= now) {
        expiry_due_ = Deadline::max();
        client_->on_token_expired();
    } else if (renewal_due_ <= now) {
        renewal_due_ = Deadline::max();
        client_->send(action_value(Action::kAuth));
    }
}

}  // namespace orderpush::realtime::ably
