#include "main/delivery/outgoing_webhooks.hpp"

#include "main/settings/derived_settings.hpp"
#include "usecases/metrics_table.hpp"

namespace orderpush {
namespace {

namespace figure = usecases::figure;

/// Of a response only its beginning is stored.
constexpr std::size_t kResponseBytesMax = 64U << 10U;
constexpr std::size_t kConnectionsPerHostMax = 4;

net::HttpClientOptions client_options(const Settings& settings) {
    return {
        .response_bytes_max = kResponseBytesMax,
        .connections_per_host_max = kConnectionsPerHostMax,
        .user_agent = "orderpush-webhooks",
        .is_public_only = !settings.builtin_webhooks.is_private_allowed};
}

usecases::OutgoingWebhookDispatcherOptions dispatcher_options(
    const OutgoingWebhookSources& sources, const SecretBox& box
) {
    usecases::OutgoingWebhookDispatcherOptions options{
        .disable_after = sources.settings.builtin_webhooks.disable_after,
        .retention = sources.settings.event_retention};
    metrics::Registry& registry = sources.metrics;
    options.metrics = {
        .delivered = registry.counter(figure::kOutgoingWebhooks, {"delivered"}),
        .failed = registry.counter(figure::kOutgoingWebhooks, {"failed"}),
        .expired = registry.counter(figure::kOutgoingWebhooks, {"expired"}),
        .lost_events = registry.counter(figure::kWebhookEventsLost, {"not_sent"})};
    options.open_secret = [&box](std::string_view sealed) { return box.open(sealed); };
    return options;
}

usecases::OutgoingWebhookRecorderOptions recorder_options(const OutgoingWebhookSources& sources) {
    return {
        .grace = sources.settings.builtin_webhooks.grace,
        .dropped = sources.metrics.counter(figure::kWebhookEventsLost, {"not_stored"})};
}

}  // namespace

OutgoingWebhooks::OutgoingWebhooks(const OutgoingWebhookSources& sources)
    : box_(make_secret_box(sources.settings)),
      http_(client_options(sources.settings)),
      sender_(http_, {.is_http_allowed = sources.settings.builtin_webhooks.is_http_allowed}),
      targets_(sources.apps),
      dispatcher_(
          sources.stores.outgoing_webhooks(),
          sender_,
          targets_,
          sources.ids,
          sources.clock,
          dispatcher_options(sources, box_)
      ),
      recorder_(
          sources.stores.outgoing_webhooks(),
          targets_,
          sources.ids,
          sources.clock,
          recorder_options(sources),
          [this] { dispatcher_.notify(); }
      ),
      source_(recorder_, sources.settings.builtin_app.id),
      guard_(sources.stores.idempotency()),
      service_(
          {.store = sources.stores.outgoing_webhooks(),
           .guard = guard_,
           .notify = [this] { dispatcher_.notify(); },
           .clock = sources.clock}
      ),
      restaurants_(
          {.store = sources.stores.restaurant_webhooks(),
           .box = box_,
           .notify = [this] { dispatcher_.notify(); },
           .ids = sources.ids,
           .clock = sources.clock,
           .is_http_allowed = sources.settings.builtin_webhooks.is_http_allowed}
      ) {}

std::vector<const Worker*> OutgoingWebhooks::workers() const {
    std::vector<const Worker*> all{&recorder_.worker()};
    for (const Worker& worker : dispatcher_.workers()) {
        all.push_back(&worker);
    }
    return all;
}

void OutgoingWebhooks::start() {
    recorder_.start();
    dispatcher_.start();
}

void OutgoingWebhooks::stop() {
    recorder_.stop();
    dispatcher_.stop();
}

}  // namespace orderpush
