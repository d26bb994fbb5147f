#include "storage/database/write_health.hpp"

namespace orderpush::storage {
namespace {

/// Nobody tried again for so long: whoever looks is to send the next one.
constexpr std::chrono::seconds kForgottenAfter{30};

}  // namespace

void WriteHealth::failed(
    std::string_view name, const Error& error, int telling_count, Deadline now
) {
    const std::scoped_lock lock{mutex_};
    Refused& refused = refused_[name];
    const bool goes_on = refused.error.code == error.code && now - refused.at < kForgottenAfter;
    refused = {
        .error = error,
        .at = now,
        .count = goes_on ? refused.count + 1 : 1,
        .telling_count = telling_count};
    has_any_ = true;
}

void WriteHealth::done(std::string_view name) {
    if (!has_any_.load(std::memory_order_relaxed)) {
        return;
    }
    const std::scoped_lock lock{mutex_};
    refused_.erase(name);
    has_any_ = !refused_.empty();
}

std::optional<Error> WriteHealth::trouble(Deadline now) {
    if (!has_any_.load(std::memory_order_relaxed)) {
        return std::nullopt;
    }
    const std::scoped_lock lock{mutex_};
    std::erase_if(refused_, [&](const auto& entry) {
        return now - entry.second.at >= kForgottenAfter;
    });
    has_any_ = !refused_.empty();
    const Refused* latest = nullptr;
    for (const auto& [name, refused] : refused_) {
        const bool tells = refused.count >= refused.telling_count;
        if (tells && (latest == nullptr || refused.at > latest->at)) {
            latest = &refused;
        }
    }
    return latest == nullptr ? std::nullopt : std::optional{latest->error};
}

}  // namespace orderpush::storage
