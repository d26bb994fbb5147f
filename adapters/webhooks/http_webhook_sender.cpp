#include "adapters/webhooks/http_webhook_sender.hpp"

#include "protocol/webhook_signature.hpp"

#include <array>

namespace orderpush::adapters {
namespace {

net::HttpRequest request_of(const OutgoingWebhookRequest& mail) {
    net::HttpRequest request{
        .url = mail.url,
        .headers =
            {{"Content-Type", "application/json"},
             {"webhook-id", mail.id},
             {"webhook-timestamp", protocol::standard_webhook_timestamp(mail.sent_at)},
             {"webhook-signature",
              protocol::standard_webhook_signature(mail.secret, mail.id, mail.sent_at, mail.body)}},
        .body = mail.body};
    if (!mail.key.empty()) {
        request.headers.emplace_back("X-Pusher-Key", mail.key);
        request.headers.emplace_back(
            "X-Pusher-Signature", protocol::pusher_webhook_signature(mail.secret, mail.body)
        );
    }
    return request;
}

}  // namespace

Result<WebhookAnswer> HttpWebhookSender::send(const OutgoingWebhookRequest& mail) {
    if (!options_.is_http_allowed && !mail.url.starts_with("https://")) {
        return Error{
            .kind = ErrorKind::kForbidden,
            .code = "not_https",
            .message = "Webhooks go over https only."};
    }
    const std::array requests{request_of(mail)};
    auto results = http_.exchange(requests, std::chrono::steady_clock::now() + options_.deadline);
    if (!results.front()) {
        return std::move(results.front()).error();
    }
    const net::HttpResponse& response = *results.front();
    return WebhookAnswer{
        .status = response.status,
        .excerpt = net::excerpt(response.body),
        .retry_after = net::retry_after(response, mail.sent_at)};
}

}  // namespace orderpush::adapters
