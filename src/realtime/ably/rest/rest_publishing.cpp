#include "realtime/ably/access/refusal.hpp"
#include "realtime/ably/rest/paging.hpp"
#include "realtime/ably/rest/rest_parts.hpp"

#include <atomic>
#include <memory>
#include <utility>
#include <vector>

/// Publishing over REST: on one channel, or on many at once.
namespace orderpush::realtime::ably {
namespace {

/// Of one batch.
constexpr std::size_t kSpecsMax = 100;
constexpr std::size_t kChannelsPerSpecMax = 100;
/// What all its messages take, on all their channels: each keeps its own.
constexpr std::size_t kBatchMessagesMax = 10'000;
constexpr std::size_t kBatchBytesMax = 16U * 1024U * 1024U;

constexpr int kTooManyMessages = 40'034;

Value value_of(const std::string& channel, const Checked<Published>& published) {
    if (!published) {
        return {{"channel", channel}, {"error", to_value(published.error())}};
    }
    return {
        {"channel", channel},
        {"messageId", published->message_id},
        {"serials", published->serials}};
}

struct Spec {
    std::vector<std::string> channels = {};
    std::vector<Message> messages = {};
};

Checked<std::vector<std::string>> channels_in(const Value& value) {
    std::vector<std::string> channels;
    const Value list = value.is_string() ? Value::array({value}) : value;
    if (!list.is_array() || list.empty() || list.size() > kChannelsPerSpecMax) {
        return refusal(code::kBadRequest, "channels must be a name, or a list of 1 to 100");
    }
    for (const Value& name : list) {
        if (!name.is_string()) {
            return refusal(code::kBadRequest, "channels must be a list of names");
        }
        channels.push_back(name.get<std::string>());
    }
    return channels;
}

Checked<Spec> spec_of(const Value& value, Format format) {
    const Value* channels = value.is_object() ? find_member(value, "channels") : nullptr;
    const Value* messages = value.is_object() ? find_member(value, "messages") : nullptr;
    if (channels == nullptr || messages == nullptr) {
        return refusal(code::kBadRequest, "A batch has channels and messages");
    }
    Spec spec;
    spec.channels = ORDERPUSH_TRY(channels_in(*channels));
    spec.messages = ORDERPUSH_TRY(read_messages(*messages, format));
    return spec;
}

Checked<std::vector<Spec>> specs_in(const Value& body, Format format) {
    const std::size_t count = body.is_array() ? body.size() : 1;
    if (count == 0 || count > kSpecsMax) {
        return refusal(code::kBadRequest, "A batch has 1 to 100 specs");
    }
    std::vector<Spec> specs;
    std::size_t messages = 0;
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < count; ++i) {
        auto spec = ORDERPUSH_TRY(spec_of(body.is_array() ? body[i] : body, format));
        messages += spec.channels.size() * spec.messages.size();
        for (const Message& message : spec.messages) {
            bytes += spec.channels.size() * size_of(message);
        }
        specs.push_back(std::move(spec));
    }
    if (messages > kBatchMessagesMax) {
        return refusal(kTooManyMessages, "A batch has more than 10000 messages in all");
    }
    if (bytes > kBatchBytesMax) {
        return refusal(code::kMessageTooLarge, "A batch has more than 16 MiB in all");
    }
    return specs;
}

/// What has become of a batch so far. Each result is written once, by whoever has it.
struct Batch {
    explicit Batch(RestReply reply_to) : reply(std::move(reply_to)) {}

    RestReply reply;
    bool is_list = false;
    std::vector<std::vector<Value>> results;
    std::atomic<std::size_t> missing{0};

    void finish() const {
        Value all = Value::array();
        for (const auto& of_spec : results) {
            std::size_t failures = 0;
            for (const Value& result : of_spec) {
                failures += result.contains("error") ? 1U : 0U;
            }
            all.push_back(
                {{"successCount", of_spec.size() - failures},
                 {"failureCount", failures},
                 {"results", of_spec}}
            );
        }
        reply.send(201, is_list ? all : all.front());
    }
    void settle(std::size_t spec, std::size_t place, Value result) {
        results[spec][place] = std::move(result);
        if (--missing == 0) {
            finish();
        }
    }
};

void publish_on(
    const RestCall& call,
    const std::string& name,
    std::vector<Message> messages,
    RestPublisher::Reply reply
) {
    const auto channel = allowed_channel(call, name, {Operation::kPublish});
    if (!channel) {
        reply(channel.error());
        return;
    }
    call.publisher.publish(call.access, *channel, std::move(messages), std::move(reply));
}

}  // namespace

void publish_messages(const RestCall& call, const std::string& channel) {
    const auto* enveloped = find_parameter(call.query, "enveloped");
    if (enveloped != nullptr && *enveloped == "false") {
        call.reply.refuse(refusal(code::kInvalidParameter, "enveloped=false is not served"));
        return;
    }
    const auto body = read_body(call);
    auto messages = body ? read_messages(*body, body_format(call.request))
                         : Checked<std::vector<Message>>{body.error()};
    if (!messages) {
        call.reply.refuse(messages.error());
        return;
    }
    publish_on(
        call,
        channel,
        *std::move(messages),
        [reply = call.reply, channel](const Checked<Published>& published) {
            published ? reply.send(201, value_of(channel, published))
                      : reply.refuse(published.error());
        }
    );
}

void publish_batch(const RestCall& call) {
    const auto body = read_body(call);
    auto specs = body ? specs_in(*body, body_format(call.request))
                      : Checked<std::vector<Spec>>{body.error()};
    if (!specs) {
        call.reply.refuse(specs.error());
        return;
    }
    const auto batch = std::make_shared<Batch>(call.reply);
    batch->is_list = body->is_array();
    for (const Spec& spec : *specs) {
        batch->results.emplace_back(spec.channels.size());
        batch->missing += spec.channels.size();
    }
    for (std::size_t i = 0; i < specs->size(); ++i) {
        const Spec& spec = (*specs)[i];
        for (std::size_t j = 0; j < spec.channels.size(); ++j) {
            const std::string& name = spec.channels[j];
            publish_on(
                call,
                name,
                spec.messages,
                [batch, i, j, name](const Checked<Published>& published) {
                    batch->settle(i, j, value_of(name, published));
                }
            );
        }
    }
}

}  // namespace orderpush::realtime::ably
