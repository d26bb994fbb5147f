#include "realtime/socketio/dialects/room_codec.hpp"

#include "base/json_text.hpp"
#include "realtime/socketio/dialects/event_json.hpp"
#include "realtime/socketio/dialects/event_offset.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <span>
#include <string>
#include <vector>

namespace orderpush::realtime {
namespace {

/// An event of the product, and a name under which a room's clients hear of it.
struct RoomEvent {
    std::string_view event;
    std::string_view name;
    EventShape shape;
};

/// What a room hears. Several rows of one event are several events, in their order.
struct RoomTable {
    std::span<const RoomEvent> events;
    /// What becomes of events without a row: told of under the product's name, or not (null).
    EventShape others = nullptr;
};

// Clients of the rooms dialect know some events by two names: the longer one is the product's.
constexpr std::array kRoomsKitchen{
    RoomEvent{"order:created", "order:new", rooms_payload},
    RoomEvent{"order:created", "order:created", rooms_payload}};
constexpr std::array kRoomsTable{
    RoomEvent{"order:status_changed", "order:status_changed", rooms_payload},
    RoomEvent{"order:status_changed", "order:status", rooms_payload},
    RoomEvent{"kitchen:order_preparing", "kitchen:order_preparing", rooms_payload},
    RoomEvent{"kitchen:order_preparing", "kitchen:preparing", rooms_payload},
    RoomEvent{"kitchen:order_ready", "kitchen:order_ready", rooms_payload},
    RoomEvent{"kitchen:order_ready", "kitchen:ready", rooms_payload}};
constexpr std::array kRoomsOrder{
    RoomEvent{"order:status_changed", "order:status_changed", rooms_payload},
    RoomEvent{"order:status_changed", "order:status", rooms_payload},
    RoomEvent{"kitchen:order_acknowledged", "kitchen:order_acknowledged", rooms_payload},
    RoomEvent{"kitchen:order_acknowledged", "kitchen:acknowledged", rooms_payload},
    RoomEvent{"kitchen:order_preparing", "kitchen:order_preparing", rooms_payload},
    RoomEvent{"kitchen:order_preparing", "kitchen:preparing", rooms_payload},
    RoomEvent{"kitchen:order_ready", "kitchen:order_ready", rooms_payload},
    RoomEvent{"kitchen:order_ready", "kitchen:ready", rooms_payload}};
constexpr std::array kRestaurant{
    RoomEvent{"order:created", "order:created", restaurant_order},
    RoomEvent{"order:status_changed", "order:status:updated", restaurant_status}};
constexpr std::array kSubscribeOrders{
    RoomEvent{"order:created", "order:created", subscribe_order},
    RoomEvent{"order:status_changed", "order:updated", subscribe_status},
    RoomEvent{"order:items_added", "order:updated", subscribe_items},
    RoomEvent{"order:cancelled", "order:cancelled", subscribe_cancelled}};
// Payments reach the waiters' channel too, but a desktop listens to both, and hears of each once.
constexpr std::array kSubscribeTables{
    RoomEvent{"table:updated", "table:updated", subscribe_table},
    RoomEvent{"payment:completed", "payment:completed", subscribe_payment}};
constexpr std::array kSubscribeMenu{RoomEvent{"menu:updated", "menu:updated", subscribe_menu_item}};

std::string event_text(
    std::string_view name, const EventPayload& payload, std::string_view offset
) {
    std::string text = "42[";
    append_json_string(text, name);
    text.push_back(',');
    text.append(payload.dump(-1, ' ', false, EventPayload::error_handler_t::replace));
    text.push_back(',');
    append_json_string(text, offset);
    text.push_back(']');
    return text;
}

class RoomCodec final : public ChannelCodec {
  public:
    explicit RoomCodec(const RoomTable& table) : table_(table) {}

    std::optional<Frame> encode(const ChannelMessage& message) const override {
        const auto rows = rows_of(message.event);
        if (rows.empty()) {
            return std::nullopt;
        }
        const EventPayload payload = EventPayload::parse(message.data, nullptr, false);
        const auto seq = payload.is_object() ? payload.find("seq") : payload.end();
        if (seq == payload.end() || !seq->is_number_integer()) {
            return std::nullopt;
        }
        EventOffset offset{.channel = message.channel, .seq = seq->get<std::int64_t>()};
        std::vector<Frame> frames;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const EventPayload shaped = rows[i].shape(payload);
            // The last of several says that all of them were heard.
            offset.part = i + 1 == rows.size() ? std::nullopt : std::optional{i};
            if (!shaped.is_discarded()) {
                frames.push_back(Frame::text(event_text(rows[i].name, shaped, to_string(offset))));
            }
        }
        return frames.empty() ? std::nullopt : std::optional{Frame::joined(frames)};
    }

    std::optional<Frame> encode(std::string_view /*channel*/, const MemberChange& /*change*/)
        const override {
        return std::nullopt;
    }

  private:
    std::vector<RoomEvent> rows_of(std::string_view event) const {
        std::vector<RoomEvent> rows;
        std::ranges::copy_if(table_.events, std::back_inserter(rows), [&](const RoomEvent& row) {
            return row.event == event;
        });
        if (rows.empty() && table_.others != nullptr) {
            rows.push_back({event, event, table_.others});
        }
        return rows;
    }

    const RoomTable table_;
};

}  // namespace

const ChannelCodec& room_codec(RoomKind kind) {
    // In the order of RoomKind.
    static const std::array<RoomCodec, 8> codecs{
        RoomCodec{{kRoomsKitchen, rooms_payload}},
        RoomCodec{{{}, rooms_payload}},
        RoomCodec{{kRoomsTable, rooms_payload}},
        RoomCodec{{kRoomsOrder, rooms_payload}},
        RoomCodec{{kRestaurant}},
        RoomCodec{{kSubscribeOrders}},
        RoomCodec{{kSubscribeTables}},
        RoomCodec{{kSubscribeMenu}}};
    return codecs.at(static_cast<std::size_t>(kind));
}

}  // namespace orderpush::realtime
