#include "usecases/outgoing_webhooks/outgoing_webhook_targets.hpp"

#include "base/observability/log.hpp"

#include <algorithm>
#include <utility>

namespace orderpush::usecases {
namespace {

using Kind = ChannelEventKind;

/// The other half of a coming or going; itself of any other.
Kind counterpart(Kind kind) noexcept {
    switch (kind) {
        case Kind::kOccupied:
            return Kind::kVacated;
        case Kind::kVacated:
            return Kind::kOccupied;
        case Kind::kMemberAdded:
            return Kind::kMemberRemoved;
        case Kind::kMemberRemoved:
            return Kind::kMemberAdded;
        case Kind::kClientEvent:
        case Kind::kCacheMiss:
        case Kind::kSubscriptionCount:
            break;
    }
    return kind;
}

}  // namespace

OutgoingWebhookTargets::OutgoingWebhookTargets(Source source) : source_(std::move(source)) {
    refresh();
}

bool OutgoingWebhookTargets::refresh() {
    // Built beside the current table and put in its place whole: wants() is asked with each event
    // of the hub and must neither wait for the source nor see half of a change.
    const auto before = table_.with([](const auto& table) { return table; });
    auto table = std::make_shared<Table>();
    bool is_changed = false;
    bool is_empty = true;
    for (WebhookApp& app : source_()) {
        const auto known = before->find(app.id);
        if (known != before->end() && known->second.app == app) {
            is_empty = is_empty && known->second.targets.empty();
            table->emplace(app.id, known->second);
            continue;
        }
        is_changed = true;
        Entry entry{.app = std::move(app), .targets = {}, .texts = {}};
        for (const std::string& text : entry.app.targets) {
            auto target = parse_webhook_target(text);
            if (!target) {
                log::error(
                    "webhook_target_invalid",
                    {{"app", entry.app.id}, {"detail", target.error().message}}
                );
                continue;
            }
            entry.targets.push_back(std::move(*target));
            entry.texts.push_back(text);
        }
        is_empty = is_empty && entry.targets.empty();
        std::string id = entry.app.id;
        table->insert_or_assign(std::move(id), std::move(entry));
    }
    is_changed = is_changed || table->size() != before->size();
    if (is_changed) {
        table_.with([&](auto& current) { current = std::move(table); });
        is_empty_ = is_empty;
    }
    return is_changed;
}

Result<void> OutgoingWebhookTargets::keep_in(
    OutgoingWebhookStore& store, IdSource& ids, Timestamp now
) {
    const std::scoped_lock lock{keeping_};
    return keep(store, ids, now);
}

Result<void> OutgoingWebhookTargets::ensure_in(
    OutgoingWebhookStore& store, IdSource& ids, Timestamp now
) {
    const std::scoped_lock lock{keeping_};
    return is_kept_ ? Result<void>{} : keep(store, ids, now);
}

Result<void> OutgoingWebhookTargets::keep(
    OutgoingWebhookStore& store, IdSource& ids, Timestamp now
) {
    if (refresh()) {
        is_kept_ = false;
    }
    if (is_kept_) {
        return {};
    }
    const auto configured = endpoints();
    if (auto set = store.set_endpoints(configured, ids, now); !set) {
        return set;
    }
    is_kept_ = true;
    log::info("webhook_endpoints_configured", {{"count", configured.size()}});
    return {};
}

bool OutgoingWebhookTargets::wants(
    std::string_view app_id, ChannelEventKind kind, std::string_view channel
) const {
    if (is_empty()) {
        return false;
    }
    const auto table = table_.with([](const auto& current) { return current; });
    const auto found = table->find(app_id);
    if (found == table->end() ||
        (kind == Kind::kSubscriptionCount && !found->second.app.has_subscription_counts)) {
        return false;
    }
    return std::ranges::any_of(found->second.targets, [&](const OutgoingWebhookTarget& target) {
        // Whoever gets goings needs the comings recorded too: one undoes the other.
        return target.wants(kind, channel) || target.wants(counterpart(kind), channel);
    });
}

std::vector<EndpointConfig> OutgoingWebhookTargets::endpoints() const {
    const auto table = table_.with([](const auto& current) { return current; });
    std::vector<EndpointConfig> all;
    for (const auto& [id, entry] : *table) {
        for (const std::string& target : entry.texts) {
            all.push_back({.app_id = id, .target = target});
        }
    }
    std::ranges::sort(all);
    const auto repeated = std::ranges::unique(all);
    all.erase(repeated.begin(), repeated.end());
    return all;
}

std::optional<OutgoingWebhookTargets::Credentials> OutgoingWebhookTargets::credentials(
    const std::string& app_id
) const {
    const auto table = table_.with([](const auto& current) { return current; });
    const auto found = table->find(app_id);
    if (found == table->end()) {
        return std::nullopt;
    }
    return Credentials{.key = found->second.app.key, .secret = found->second.app.secret};
}

}  // namespace orderpush::usecases
