#include "core/order.hpp"

#include <algorithm>

namespace orderpush {

std::int64_t with_tax(std::int64_t total_minor, int tax_rate_bp) {
    constexpr std::int64_t kBasisPoints = 10'000;
    return total_minor + (total_minor * tax_rate_bp + kBasisPoints / 2) / kBasisPoints;
}

std::string table_label(const std::string& area_name, const std::string& table_number) {
    return area_name + " - " + table_number;
}

std::vector<Ticket> split_by_station(const std::vector<OrderItem>& items, IdSource& ids) {
    std::vector<Ticket> tickets;
    for (const OrderItem& item : items) {
        auto ticket = std::ranges::find(tickets, item.station, &Ticket::station);
        if (ticket == tickets.end()) {
            tickets.push_back(Ticket{
                .id = ids.make<TicketId>(), .station = item.station, .items = {}});
            ticket = std::prev(tickets.end());
        }
        ticket->items.push_back(item.id);
    }
    return tickets;
}

}  // namespace orderpush
