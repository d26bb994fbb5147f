#include "usecases/metrics_table.hpp"

#include <algorithm>
#include <array>

namespace orderpush::usecases {
namespace {

using metrics::Definition;
using enum metrics::Kind;

constexpr std::array<std::string_view, 8> kMethods{
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "other"};
constexpr std::array<std::string_view, 5> kStatusClasses{"1xx", "2xx", "3xx", "4xx", "5xx"};

// Requests and statements take milliseconds; providers may take seconds, and an outage hours.
const std::vector<double> kShort{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 2.5, 10};
const std::vector<double> kLong{
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600, 3600, 86'400};

std::vector<std::string> words(const auto& list) {
    return {list.begin(), list.end()};
}

std::vector<Definition> figures_of_the_process(const FigureSets& sets) {
    return {
        {std::string{figure::kBuildInfo}, kGauge, "Always 1.", {{"version", {sets.version}}}},
        {std::string{figure::kProcessStart}, kGauge, "When the process began, in Unix time."},
        {std::string{figure::kMemory},
         kGauge,
         "in_use: handed out by malloc; resident: held of the system, without what files back.",
         {{"kind", {"in_use", "resident"}}}},
        {std::string{figure::kRetentionRows},
         kCounter,
         "Rows that became too old.",
         {{"kind", {"entries", "events", "idempotency_keys"}}}},
        {std::string{figure::kLogLinesDropped}, kCounter, "Log lines that nobody read in time."},
        {std::string{figure::kWorkerSteps},
         kCounter,
         "Steps of the background threads.",
         {{"worker", sets.workers}}},
        {std::string{figure::kWorkerDefects},
         kCounter,
         "Steps that ended with a worker_defect in the log.",
         {{"worker", sets.workers}}},
        {std::string{figure::kKitchenAlarms},
         kCounter,
         "Orders that a kitchen seemed to overlook.",
         {{"cause", {"no_display", "unacknowledged", "unseen"}}}},
        {std::string{figure::kUnseenSteps},
         kCounter,
         "Steps taken for orders that no display of their kitchen had shown.",
         {{"step", {"push_again", "waiters", "webhook"}}}},
        {std::string{figure::kCommitToScreen},
         kHistogram,
         "From the commit of an order's event until a device reported that it had it; each device "
         "counts.",
         {},
         kLong},
        {std::string{figure::kCommitToSeen},
         kHistogram,
         "From the commit of an order's event until a device reported that it was drawn on a "
         "visible screen; each device counts.",
         {},
         kLong},
    };
}

std::vector<Definition> figures_of_requests(const FigureSets& sets) {
    return {
        {std::string{figure::kHttpRequests},
         kCounter,
         "Requests answered, by the route's pattern; - is none.",
         {{"route", sets.routes}, {"method", words(kMethods)}, {"status", words(kStatusClasses)}}},
        {std::string{figure::kHttpDuration},
         kHistogram,
         "From the whole request to its answer, without the network.",
         {{"route", sets.routes}},
         kShort},
        {std::string{figure::kHttpRefused},
         kCounter,
         "Requests refused for their number.",
         {{"reason", {"rate_limited", "queue_full"}}}},
        {std::string{figure::kWebhooks},
         kCounter,
         "Webhooks of providers, and what was thought of them.",
         {{"provider", {"pusher", "ably"}},
          {"verdict", {"stored", "duplicate", "forged", "stale", "malformed", "not_stored"}}}},
    };
}

std::vector<Definition> figures_of_the_database() {
    return {
        {std::string{figure::kDatabaseUp}, kGauge, "Whether the database answered this scrape."},
        {std::string{figure::kPoolInUse}, kGauge, "Connections that somebody works with."},
        {std::string{figure::kPoolOpen}, kGauge, "Connections in use, idle or being opened."},
        {std::string{figure::kPoolMax}, kGauge, "Connections at most."},
        {std::string{figure::kPoolWait},
         kHistogram,
         "How long a request waited for a connection, given or not.",
         {},
         kShort},
        {std::string{figure::kStatementErrors},
         kCounter,
         "Statements and transactions of the pool that failed, attempts that were repeated "
         "included.",
         {{"kind", {"final", "rolled_back", "connection_lost"}}}},
    };
}

std::vector<Definition> figures_of_delivery(const FigureSets& sets) {
    const metrics::Label stream{"stream", sets.streams};
    const metrics::Label adapter{"adapter", sets.adapters};
    return {
        {std::string{figure::kOutboxEntries},
         kGauge,
         "Entries that the stream has not settled, counted up to 10000; as of the last scrape that "
         "reached the database.",
         {stream}},
        {std::string{figure::kOutboxAge},
         kGauge,
         "Age of the oldest of them; 0 if there is none.",
         {stream}},
        {std::string{figure::kRelayLease}, kGauge, "Whether this instance relays it.", {stream}},
        {std::string{figure::kPublishOutcomes},
         kCounter,
         "Entries handed to the adapter; rejected: refused for good, or given up.",
         {adapter, {"outcome", {"delivered", "retry", "rejected"}}}},
        {std::string{figure::kPublishLatency},
         kHistogram,
         "From the event, or from the end of its adapter's hold after a start, to its first "
         "delivery; what is sent again on purpose does not count.",
         {adapter},
         kLong},
        {std::string{figure::kPublishCall},
         kHistogram,
         "One call of the adapter, a batch at most.",
         {adapter},
         kLong},
        {std::string{figure::kDeadLetters}, kCounter, "Entries given up.", {adapter}},
        {std::string{figure::kCircuit},
         kGauge,
         "1 for the state that the adapter's circuit is in, 0 for the others.",
         {adapter, {"state", {"closed", "open", "half_open", "stopped"}}}},
    };
}

std::vector<Definition> figures_of_the_hub() {
    return {
        {std::string{figure::kHubConnections}, kGauge, "WebSocket connections."},
        {std::string{figure::kHubSubscriptions}, kGauge, "Channels that they listen to, each."},
        {std::string{figure::kHubPublished}, kCounter, "Messages published to a channel."},
        {std::string{figure::kHubDelivered}, kCounter, "Messages queued for a connection."},
        {std::string{figure::kOutgoingWebhooks},
         kCounter,
         "Attempts to send a webhook; expired: given up after the last of them.",
         {{"outcome", {"delivered", "failed", "expired"}}}},
        {std::string{figure::kWebhookEventsLost},
         kCounter,
         "Events of channels that some endpoint was to get and did not: too many to be stored, "
         "or "
         "too old to be sent.",
         {{"reason", {"not_stored", "not_sent"}}}},
        {std::string{figure::kSlowConsumers},
         kCounter,
         "Connections closed because they read too slowly."},
    };
}

}  // namespace

std::vector<Definition> figures_table(const FigureSets& sets) {
    std::vector<Definition> all;
    for (const auto& part :
         {figures_of_the_process(sets),
          figures_of_requests(sets),
          figures_of_the_database(),
          figures_of_delivery(sets),
          figures_of_the_hub()}) {
        all.insert(all.end(), part.begin(), part.end());
    }
    return all;
}

std::string_view figure_of_method(std::string_view method) noexcept {
    const auto* const found = std::ranges::find(kMethods, method);
    return found == kMethods.end() ? kMethods.back() : *found;
}

std::string_view figure_of_status(int status) noexcept {
    const int index = std::clamp(status / 100, 1, static_cast<int>(kStatusClasses.size())) - 1;
    return kStatusClasses[static_cast<std::size_t>(index)];
}

}  // namespace orderpush::usecases
