#include "core/orders/order.hpp"

#include <algorithm>

namespace orderpush {

std::int64_t with_tax(std::int64_t total_minor, int tax_rate_bp) {
    constexpr std::int64_t kBasisPoints = 10'000;
    return total_minor + (total_minor * tax_rate_bp + kBasisPoints / 2) / kBasisPoints;
}

std::string table_label(const std::string& area_name, const std::string& table_number) {
    return area_name + " - " + table_number;
}

TicketView view_of(const Order& order, const Ticket& ticket) {
    TicketView view{
        .ticket = ticket,
        .order = order.id,
        .order_number = order.number,
        .restaurant = order.restaurant,
        .branch = order.branch,
        .table = order.table,
        .session = order.session,
        .table_number = order.table_number,
        .area_name = order.area_name,
        .customer_name = order.customer_name,
        .order_note = order.note,
        .order_status = order.status,
        .cancel_request = order.cancel_request,
        .items = {}};
    for (const OrderItem& item : order.items) {
        if (std::ranges::find(ticket.items, item.id) != ticket.items.end()) {
            view.items.push_back(item);
        }
    }
    return view;
}

std::vector<Ticket> split_by_station(
    const std::vector<OrderItem>& items, Timestamp at, IdSource& ids
) {
    std::vector<Ticket> tickets;
    for (const OrderItem& item : items) {
        auto ticket = std::ranges::find(tickets, item.station, &Ticket::station);
        if (ticket == tickets.end()) {
            Ticket made;
            made.id = ids.make<TicketId>();
            made.station = item.station;
            made.created_at = at;
            tickets.push_back(std::move(made));
            ticket = std::prev(tickets.end());
        }
        ticket->items.push_back(item.id);
    }
    return tickets;
}

}  // namespace orderpush
