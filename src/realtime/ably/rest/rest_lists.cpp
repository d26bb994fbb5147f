#include "realtime/ably/access/refusal.hpp"
#include "realtime/ably/history.hpp"
#include "realtime/ably/publishing.hpp"
#include "realtime/ably/rest/paging.hpp"
#include "realtime/ably/rest/rest_parts.hpp"

#include <algorithm>
#include <atomic>
#include <memory>
#include <utility>
#include <vector>

/// Lists of messages and members.
namespace orderpush::realtime::ably {
namespace {

constexpr std::size_t kBatchChannelsMax = 100;

template <class Message>
Value values_of(const std::vector<Message>& messages, Format format) {
    Value list = Value::array();
    for (const Message& message : messages) {
        list.push_back(to_value(message, format));
    }
    return list;
}

/// Where an item stands in its list, as a cursor has it.
std::string place_of(const PresenceMessage& member) {
    return member.connection_id + ':' + member.client_id;
}

/// One page of what is sorted by `place_of`.
template <class Item, class PlaceOf>
std::optional<std::string> cut_page(
    std::vector<Item>& items, const PageQuery& page, const PlaceOf& place_of
) {
    if (page.cursor) {
        std::erase_if(items, [&](const Item& item) { return place_of(item) <= *page.cursor; });
    }
    if (items.size() <= page.limit) {
        return std::nullopt;
    }
    items.resize(page.limit);
    return place_of(items.back());
}

struct PastMember {
    /// By which those of a channel are in order.
    std::string serial;
    PresenceMessage message;
};

std::vector<PastMember> past_members(const LogExcerpt& log, const PageQuery& page) {
    std::vector<PastMember> past;
    for (const auto& logged : log.messages) {
        std::size_t index = 0;
        for (PresenceMessage& message : presence_of(*logged)) {
            std::string serial = message_serial_of(logged->stamp, index++);
            if (message.timestamp >= page.start && message.timestamp <= page.end) {
                past.push_back({.serial = std::move(serial), .message = std::move(message)});
            }
        }
    }
    return past;
}

/// In the direction of `page`, behind its cursor; where the next begins.
std::optional<std::string> cut_history(std::vector<PastMember>& past, const PageQuery& page) {
    if (!page.is_forwards) {
        std::ranges::reverse(past);
    }
    if (page.cursor) {
        std::erase_if(past, [&](const PastMember& member) {
            return page.is_forwards ? member.serial <= *page.cursor : member.serial >= *page.cursor;
        });
    }
    if (past.size() <= page.limit) {
        return std::nullopt;
    }
    past.resize(page.limit);
    return past.back().serial;
}

}  // namespace

void list_messages(const RestCall& call, const std::string& name, std::string_view segment) {
    const auto channel = allowed_channel(call, name, {Operation::kHistory});
    const auto page = read_page_query(call.query);
    if (!channel || !page) {
        call.reply.refuse(channel ? page.error() : channel.error());
        return;
    }
    HistoryQuery query{
        .hub_key = ably::hub_key_of(*call.access.app, channel->name),
        .start = page->start,
        .end = page->end,
        .is_forwards = page->is_forwards,
        .limit = page->limit,
        .after = page->cursor,
        .session = call.access.session};
    const std::string* from_serial = find_parameter(call.query, "from_serial");
    from_serial = from_serial != nullptr ? from_serial : find_parameter(call.query, "fromSerial");
    if (from_serial != nullptr) {
        query.from_serial = *from_serial;
        query.is_forwards = false;
    }
    read_history(
        call.parts.hub,
        call.recorded,
        std::move(query),
        [reply = call.reply,
         fields = call.query,
         segment = std::string{segment}](const Checked<HistoryPage>& found) {
            if (!found) {
                reply.refuse(found.error());
                return;
            }
            const auto next = found->has_more && !found->messages.empty()
                                  ? std::optional{found->messages.back().serial}
                                  : std::nullopt;
            reply.send(
                200, values_of(found->messages, reply.format()), link_headers(segment, fields, next)
            );
        }
    );
}

void list_presence(const RestCall& call, const std::string& name) {
    const auto channel = allowed_channel(call, name, {Operation::kSubscribe, Operation::kPresence});
    const auto page = read_page_query(call.query);
    if (!channel || !page) {
        call.reply.refuse(channel ? page.error() : channel.error());
        return;
    }
    read_members(
        call.parts.hub,
        call.parts.members,
        ably::hub_key_of(*call.access.app, channel->name),
        [reply = call.reply, fields = call.query, page = *page](std::vector<PresenceMessage> members
        ) {
            const std::string* client = find_parameter(fields, "clientId");
            const std::string* connection = find_parameter(fields, "connectionId");
            std::erase_if(members, [&](const PresenceMessage& member) {
                return (client != nullptr && member.client_id != *client) ||
                       (connection != nullptr && member.connection_id != *connection);
            });
            std::ranges::sort(members, {}, place_of);
            const auto next = cut_page(members, page, place_of);
            reply.send(
                200, values_of(members, reply.format()), link_headers("presence", fields, next)
            );
        }
    );
}

void list_presence_history(const RestCall& call, const std::string& name) {
    const auto channel = allowed_channel(call, name, {Operation::kHistory});
    const auto page = read_page_query(call.query);
    if (!channel || !page) {
        call.reply.refuse(channel ? page.error() : channel.error());
        return;
    }
    call.parts.hub.read_log(
        ably::hub_key_of(*call.access.app, channel->name),
        [reply = call.reply, fields = call.query, page = *page](const LogExcerpt& log) {
            auto past = past_members(log, page);
            const auto next = cut_history(past, page);
            Value list = Value::array();
            for (const PastMember& member : past) {
                list.push_back(to_value(member.message, reply.format()));
            }
            reply.send(200, list, link_headers("history", fields, next));
        }
    );
}

void list_presence_batch(const RestCall& call) {
    const std::string* given = find_parameter(call.query, "channels");
    std::vector<std::string> names;
    for (std::size_t begin = 0; given != nullptr && begin <= given->size();) {
        const auto end = std::min(given->find(',', begin), given->size());
        names.push_back(given->substr(begin, end - begin));
        begin = end + 1;
    }
    if (names.empty() || names.size() > kBatchChannelsMax) {
        call.reply.refuse(refusal(code::kBadRequest, "channels must be a list of 1 to 100 names"));
        return;
    }
    struct Batch {
        std::vector<Value> results;
        std::atomic<std::size_t> missing;
        std::atomic<std::size_t> failures{0};
    };
    const auto batch = std::make_shared<Batch>();
    batch->results.resize(names.size());
    batch->missing = names.size();
    const auto settle = [batch, reply = call.reply](std::size_t place, Value result) {
        batch->failures += result.contains("error") ? 1U : 0U;
        batch->results[place] = std::move(result);
        if (--batch->missing == 0) {
            reply.send(
                200,
                {{"successCount", batch->results.size() - batch->failures},
                 {"failureCount", batch->failures.load()},
                 {"results", batch->results}}
            );
        }
    };
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto channel =
            allowed_channel(call, names[i], {Operation::kSubscribe, Operation::kPresence});
        if (!channel) {
            settle(i, {{"channel", names[i]}, {"error", to_value(channel.error())}});
            continue;
        }
        read_members(
            call.parts.hub,
            call.parts.members,
            ably::hub_key_of(*call.access.app, channel->name),
            [settle, i, name = names[i], format = call.reply.format()](
                const std::vector<PresenceMessage>& members
            ) {
                settle(i, {{"channel", name}, {"presence", values_of(members, format)}});
            }
        );
    }
}

}  // namespace orderpush::realtime::ably
