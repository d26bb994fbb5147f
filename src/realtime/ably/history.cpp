#include "realtime/ably/history.hpp"

#include "realtime/ably/access/refusal.hpp"
#include "realtime/ably/channel_names.hpp"
#include "realtime/ably/position.hpp"
#include "realtime/ably/publishing.hpp"

#include <algorithm>
#include <utility>

namespace orderpush::realtime::ably {
namespace {

constexpr std::int64_t kBehindAll = std::numeric_limits<std::int64_t>::max() / 2;
/// Read at once where a time narrows what is wanted.
constexpr std::int64_t kWindow = 500;

ErrorInfo serial_unknown() {
    return {
        .code = 90008,
        .status = 400,
        .message = "The channel's history does not reach back to that serial"};
}

bool is_within(const HistoryQuery& query, const Message& message) {
    return message.timestamp >= query.start && message.timestamp <= query.end;
}

/// `messages` in the direction of the query, those of the time asked for.
HistoryPage page_of(const HistoryQuery& query, std::vector<Message> messages) {
    HistoryPage page;
    bool is_behind = !query.after.has_value();
    if (query.after &&
        std::ranges::find(messages, *query.after, &Message::serial) == messages.end()) {
        // Gone meanwhile: so is all that is older.
        is_behind = query.is_forwards;
    }
    for (Message& message : messages) {
        if (!is_behind) {
            is_behind = message.serial == *query.after;
            continue;
        }
        if (!is_within(query, message)) {
            continue;
        }
        if (page.messages.size() == query.limit) {
            page.has_more = true;
            break;
        }
        page.messages.push_back(std::move(message));
    }
    return page;
}

Checked<HistoryPage> page_of_log(const HistoryQuery& query, const LogExcerpt& log) {
    std::uint64_t last = log.last_serial;
    if (query.from_serial) {
        const auto position = find_position(log, *query.from_serial);
        if (!position) {
            return serial_unknown();
        }
        last = *position;
    }
    std::vector<Message> messages;
    for (const auto& entry : log.messages) {
        if (entry->serial <= last) {
            std::ranges::move(messages_of(*entry), std::back_inserter(messages));
        }
    }
    if (!query.is_forwards) {
        std::ranges::reverse(messages);
    }
    return page_of(query, std::move(messages));
}

/// Reads events of the restaurant a window at a time until the page is full. Keeps itself alive by
/// the replies that it waits for.
class RecordedHistory : public std::enable_shared_from_this<RecordedHistory> {
  public:
    RecordedHistory(RecordedEvents& events, HistoryQuery query, HistoryReply reply)
        : events_(events), query_(std::move(query)), reply_(std::move(reply)) {}

    void start() { read(kBehindAll, 1, &RecordedHistory::on_end); }

  private:
    using Then = void (RecordedHistory::*)(const RecordedPage& page);

    void read(std::int64_t after, std::int64_t limit, Then then) {
        events_.read(
            {.channel = *Channel::parse(query_.hub_key),
             .after = after,
             .limit = static_cast<int>(limit),
             .session = query_.session},
            [self = shared_from_this(), then](const Result<RecordedPage>& page) {
                if (page) {
                    (*self.*then)(*page);
                    return;
                }
                const bool is_over = is_session_over(page.error());
                self->reply_(
                    is_over ? refusal(code::kNotPermitted, "The table session is over")
                            : refusal(code::kTimeout, "What was recorded cannot be read now")
                );
            }
        );
    }

    void on_end(const RecordedPage& page) {
        first_ = page.oldest_seq;
        last_ = page.last_seq;
        if (query_.from_serial) {
            const auto seq = parse_seq_serial(*query_.from_serial);
            if (!seq || *seq < first_ - 1 || *seq > last_) {
                reply_(serial_unknown());
                return;
            }
            last_ = *seq;
        }
        if (query_.after) {
            const auto seq = parse_seq_serial(*query_.after);
            if (!seq) {
                reply_(serial_unknown());
                return;
            }
            (query_.is_forwards ? first_ : last_) = query_.is_forwards ? *seq + 1 : *seq - 1;
        }
        go_on();
    }

    void go_on() {
        if (first_ > last_) {
            reply_(std::move(page_));
            return;
        }
        const std::int64_t size = std::min(kWindow, last_ - first_ + 1);
        read(query_.is_forwards ? first_ - 1 : last_ - size, size, &RecordedHistory::on_window);
    }

    void on_window(const RecordedPage& window) {
        std::vector<Message> messages;
        for (const RecordedEvent& event : window.events) {
            if (event.seq >= first_ && event.seq <= last_) {
                messages.push_back(message_of_event(
                    event.event, event.data, event.written_at.time_since_epoch().count()
                ));
            }
        }
        if (!query_.is_forwards) {
            std::ranges::reverse(messages);
        }
        const std::int64_t size = std::min(kWindow, last_ - first_ + 1);
        (query_.is_forwards ? first_ : last_) += query_.is_forwards ? size : -size;
        for (Message& message : messages) {
            if (!is_within(query_, message)) {
                continue;
            }
            if (page_.messages.size() == query_.limit) {
                page_.has_more = true;
                reply_(std::move(page_));
                return;
            }
            page_.messages.push_back(std::move(message));
        }
        go_on();
    }

    RecordedEvents& events_;
    const HistoryQuery query_;
    const HistoryReply reply_;
    HistoryPage page_;
    /// What is left to read.
    std::int64_t first_ = 1;
    std::int64_t last_ = 0;
};

}  // namespace

void read_history(Hub& hub, RecordedEvents* events, HistoryQuery query, HistoryReply reply) {
    if (events != nullptr && is_reserved_key(query.hub_key)) {
        std::make_shared<RecordedHistory>(*events, std::move(query), std::move(reply))->start();
        return;
    }
    std::string channel = query.hub_key;
    hub.read_log(
        std::move(channel),
        [query = std::move(query), reply = std::move(reply)](const LogExcerpt& log) {
            reply(page_of_log(query, log));
        }
    );
}

}  // namespace orderpush::realtime::ably
