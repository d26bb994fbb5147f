#include "main/schema_gate.hpp"

#include "base/log.hpp"

namespace orderpush {
namespace {

constexpr std::chrono::milliseconds kPause{500};

bool can_pass(const Error& error) {
    return error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kTimeout;
}

}  // namespace

SchemaGate::~SchemaGate() {
    stop();
}

Result<void> SchemaGate::open() {
    auto prepared = steps_.prepare();
    if (prepared) {
        let_in();
        return {};
    }
    if (!can_pass(prepared.error())) {
        return prepared;
    }
    log::warn(
        "schema_waiting", {{"reason", prepared.error().reason}, {"detail", prepared.error().detail}}
    );
    thread_ = std::jthread{[this](const std::stop_token& stop) { keep_trying(stop); }};
    return {};
}

void SchemaGate::stop() {
    if (thread_.joinable()) {
        thread_.request_stop();
        thread_.join();
    }
}

void SchemaGate::keep_trying(const std::stop_token& stop) {
    while (true) {
        {
            std::unique_lock lock{mutex_};
            stopped_.wait_for(lock, stop, kPause, [] { return false; });
        }
        if (stop.stop_requested()) {
            return;
        }
        const auto prepared = steps_.prepare();
        if (prepared) {
            let_in();
            return;
        }
        if (!can_pass(prepared.error())) {
            log::error(
                "schema_refused",
                {{"reason", prepared.error().reason}, {"message", prepared.error().message}}
            );
            steps_.on_refused();
            return;
        }
    }
}

void SchemaGate::let_in() {
    is_open_ = true;
    steps_.on_ready();
}

}  // namespace orderpush
