#include "bench/orders/closed_loop.hpp"
#include "bench/orders/commands.hpp"
#include "bench/orders/open_loop.hpp"
#include "bench/orders/pgbench_script.hpp"
#include "bench/orders/restaurant.hpp"
#include "storage/statement_lists.hpp"

#include <fmt/format.h>

#include <array>
#include <stdexcept>
#include <string>
#include <string_view>

namespace orderpush::bench {
namespace {

constexpr std::string_view kUsage = R"(bench-orders seat PORT DEMO-FILE GUESTS-FILE
bench-orders pgbench-script GUESTS-FILE      (the database: DATABASE_URL)
bench-orders place PORT GUESTS-FILE CLIENTS SECONDS
bench-orders push PORT GUESTS-FILE ORDERS-PER-SECOND SECONDS WARM-UP-SECONDS
bench-orders change PORT GUESTS-FILE order|ticket CLIENTS SECONDS
bench-orders board PORT GUESTS-FILE CLIENTS SECONDS
bench-orders get PORT PATH CLIENTS SECONDS
bench-orders statement NAME                  (the text of a prepared statement)
)";

std::uint16_t port_of(std::string_view text) {
    return number<std::uint16_t>(text);
}

void seat(Arguments arguments) {
    save(seat_guests(port_of(arguments[0]), arguments[1]), arguments[2]);
}

void print_script(Arguments arguments) {
    fmt::print("{}", pgbench_script(load_restaurant(arguments[0]), variable("DATABASE_URL")));
}

void place(Arguments arguments) {
    const auto result = measure_placements(
        {.port = port_of(arguments[0]),
         .clients = number<std::size_t>(arguments[2]),
         .measured = seconds_of(arguments[3])},
        load_restaurant(arguments[1])
    );
    fmt::print(
        "rate={:.0f} {} pushed={}/{} lag={:.1f}\n",
        result.http.per_second,
        result.http.answers.summary(),
        result.pushed,
        result.pushable,
        std::chrono::duration<double, std::milli>{result.relay_lag}.count()
    );
}

void push(Arguments arguments) {
    const auto result = measure_push(
        {.port = port_of(arguments[0]),
         .orders_per_second = number<int>(arguments[2]),
         .warm_up = seconds_of(arguments[4]),
         .measured = seconds_of(arguments[3])},
        load_restaurant(arguments[1])
    );
    fmt::print("POST sent to event    {}\n", result.sent_to_event.summary());
    fmt::print("POST due to event     {}\n", result.due_to_event.summary());
    fmt::print("POST sent to answer   {}\n", result.sent_to_answer.summary());
    fmt::print("orders {} lost {}\n", result.sent_to_answer.count(), result.lost);
}

void get(Arguments arguments) {
    const auto result = measure_gets(
        {.port = port_of(arguments[0]),
         .clients = number<std::size_t>(arguments[2]),
         .measured = seconds_of(arguments[3])},
        arguments[1]
    );
    fmt::print("rate={:.0f} {}\n", result.per_second, result.answers.summary());
}

void change(Arguments arguments) {
    const std::string_view what{arguments[2]};
    if (what != "order" && what != "ticket") {
        throw std::invalid_argument(fmt::format("'{}' is neither order nor ticket", what));
    }
    const auto result = measure_changes(
        {.port = port_of(arguments[0]),
         .clients = number<std::size_t>(arguments[3]),
         .measured = seconds_of(arguments[4])},
        load_restaurant(arguments[1]),
        what == "order" ? Change::kOrderStatus : Change::kBump
    );
    fmt::print("rate={:.0f} {}\n", result.per_second, result.answers.summary());
}

/// Of the first branch, for its kitchen.
void board(Arguments arguments) {
    const Restaurant restaurant = load_restaurant(arguments[1]);
    const SeatedBranch& branch = restaurant.branches.at(0);
    const auto result = measure_gets(
        {.port = port_of(arguments[0]),
         .clients = number<std::size_t>(arguments[2]),
         .measured = seconds_of(arguments[3])},
        "/v1/branches/" + branch.id + "/board",
        branch.kitchen_token
    );
    fmt::print("rate={:.0f} {}\n", result.per_second, result.answers.summary());
}

void print_statement(Arguments arguments) {
    fmt::print("{}\n", storage::find_statement(arguments[0]).text);
}

constexpr std::array kCommands{
    Command{"seat", 3, seat},
    Command{"pgbench-script", 1, print_script},
    Command{"place", 4, place},
    Command{"push", 5, push},
    Command{"change", 5, change},
    Command{"board", 4, board},
    Command{"get", 4, get},
    Command{"statement", 1, print_statement},
};

}  // namespace
}  // namespace orderpush::bench

int main(int argc, char** argv) {
    return orderpush::bench::run_command(
        orderpush::bench::kCommands,
        orderpush::bench::kUsage,
        {argv, static_cast<std::size_t>(argc)}
    );
}
