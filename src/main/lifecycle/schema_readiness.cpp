#include "main/lifecycle/schema_readiness.hpp"

#include "base/observability/log.hpp"
#include "base/threads/worker.hpp"
#include "core/error_codes.hpp"

#include <chrono>

namespace orderpush {
namespace {

constexpr std::chrono::milliseconds kPause{500};
/// What is waited for is said again so often.
constexpr std::chrono::seconds kNotePause{60};

bool can_pass(const Error& error) {
    return error.kind == ErrorKind::kUnavailable || error.kind == ErrorKind::kTimeout;
}

}  // namespace

SchemaReadiness::~SchemaReadiness() {
    stop();
}

void SchemaReadiness::open() {
    thread_ = std::jthread{[this](const std::stop_token& stop) { keep_trying(stop); }};
}

void SchemaReadiness::stop() {
    if (thread_.joinable()) {
        thread_.request_stop();
        thread_.join();
    }
}

Result<void> SchemaReadiness::state() const {
    if (is_open_) {
        return {};
    }
    auto reason = waiting_for_.with([](const auto& error) { return error; });
    // What only an operator meets has its code in the log.
    const bool is_for_clients = reason && find_error_code(reason->code) != nullptr;
    return is_for_clients ? *std::move(reason) : make_error("schema_not_ready");
}

void SchemaReadiness::note(const Error& error) {
    waiting_for_.with([&](auto& reason) { reason = error; });
    const auto now = std::chrono::steady_clock::now();
    if (noted_code_ == error.code && now - noted_at_ < kNotePause) {
        return;
    }
    noted_code_ = error.code;
    noted_at_ = now;
    log::warn("schema_waiting", {{"reason", error.code}, {"detail", error.detail}});
}

void SchemaReadiness::keep_trying(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        const auto prepared = steps_.prepare();
        if (prepared) {
            is_open_ = true;
            steps_.on_ready();
            log::info("accepting_writes");
            return;
        }
        const Error& error = prepared.error();
        if (!can_pass(error)) {
            steps_.on_refused(error);
            return;
        }
        note(error);
        wait_for(stop, kPause);
    }
}

}  // namespace orderpush
