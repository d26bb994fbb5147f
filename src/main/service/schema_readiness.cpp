#include "main/service/schema_readiness.hpp"

#include "base/observability/log.hpp"
#include "base/threads/worker.hpp"

#include <chrono>

namespace orderpush {
namespace {

constexpr std::chrono::milliseconds kPause{500};

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

void SchemaReadiness::keep_trying(const std::stop_token& stop) {
    bool has_warned = false;
    while (!stop.stop_requested()) {
        const auto prepared = steps_.prepare();
        if (prepared) {
            is_open_ = true;
            steps_.on_ready();
            return;
        }
        const Error& error = prepared.error();
        if (!can_pass(error)) {
            steps_.on_refused(error);
            return;
        }
        if (!has_warned) {
            log::warn("schema_waiting", {{"reason", error.code}, {"detail", error.detail}});
            has_warned = true;
        }
        wait_for(stop, kPause);
    }
}

}  // namespace orderpush
