#pragma once

#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "core/presence/presence_fact.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderpush {

/// A request in which a provider calls us, as it came.
struct IncomingWebhookRequest {
    /// The first header of this name, in any case; empty if there is none.
    std::function<std::string_view(std::string_view name)> header;
    std::string_view body;
};

/// What is stored of a webhook that is the provider's.
struct WebhookNote {
    /// What IncomingWebhookSource::read() understands without the headers: UTF-8 JSON. The same for
    /// a repetition of the same request.
    std::string text;
    /// The newest time that the provider gives in it.
    std::optional<Timestamp> sent_at = {};
};

/// Understands the webhooks of one provider. Implementations live in webhooks/<name>/. Any thread;
/// never blocks.
class IncomingWebhookSource {
  public:
    IncomingWebhookSource() = default;
    IncomingWebhookSource(const IncomingWebhookSource&) = delete;
    IncomingWebhookSource& operator=(const IncomingWebhookSource&) = delete;
    virtual ~IncomingWebhookSource() = default;

    /// The name of the provider's adapter; also the last segment of the path it calls.
    virtual std::string_view name() const noexcept = 0;
    /// Verifies the signature over the raw body, in constant time, before anything is parsed.
    /// kUnauthenticated "webhook_forged" for a signature that is missing, wrong or of another
    /// application; kMalformed "webhook_malformed" for what is signed and is not a webhook.
    virtual Result<WebhookNote> admit(const IncomingWebhookRequest& request) const = 0;
    /// What a note's text says of presence channels of ours, in its order; nothing for other
    /// channels and for kinds of events that are not known. kMalformed "webhook_malformed" if the
    /// text is not of a note.
    virtual Result<std::vector<PresenceFact>> read(std::string_view text) const = 0;
};

/// kUnauthenticated "webhook_forged", with no word on what is wrong.
inline Error webhook_forged() {
    return {
        .kind = ErrorKind::kUnauthenticated,
        .code = "webhook_forged",
        .message = "The webhook is not signed with the key of this application."};
}

/// kMalformed "webhook_malformed". `detail` is for the log.
inline Error webhook_malformed(std::string detail) {
    return {
        .kind = ErrorKind::kMalformed,
        .code = "webhook_malformed",
        .message = "The body is signed, but is no webhook as the provider documents it.",
        .detail = std::move(detail)};
}

}  // namespace orderpush
