#include "core/access/staff_store.hpp"
#include "core/events/event_log.hpp"
#include "core/idempotency_store.hpp"
#include "core/kitchen/kitchen_store.hpp"
#include "core/orders/order_store.hpp"
#include "core/restaurant/menu_store.hpp"
#include "tests/integration/pg_test.hpp"
#include "tests/support/counting_signal.hpp"
#include "tests/support/manual_clock.hpp"
#include "usecases/kitchen/ticket_service.hpp"
#include "usecases/orders/order_service.hpp"

#include <nlohmann/json.hpp>

#include <atomic>
#include <map>
#include <random>
#include <set>

namespace orderpush::test {
namespace {

using nlohmann::json;

/// What a display knows: a board, and what events made of it since. It learns of tickets that are
/// new by the events of their orders, of their ids when they first move.
class Display {
  public:
    explicit Display(const KitchenBoard& board) {
        for (const StationBoard& station : board.stations) {
            for (const TicketView& view : station.tickets) {
                add(view);
            }
        }
    }

    void apply(const OutboxEntry& entry) {
        const json payload = json::parse(entry.payload);
        const auto order = payload.value("orderId", std::string{});
        if (entry.name == "order:created" || entry.name == "order:items_added") {
            created_.insert(order);
            for (const json& item : payload.at("items")) {
                items_[item.at("itemId")] = item.at("status");
            }
        } else if (entry.name == "order:cancelled") {
            std::erase_if(tickets_, [&](const auto& each) { return each.second.order == order; });
            created_.erase(order);
        } else if (entry.name == "order:item_status_changed") {
            items_[payload.at("itemId")] = payload.at("status");
        } else if (payload.contains("ticketId")) {
            const bool is_known =
                tickets_.contains(payload.at("ticketId")) || created_.contains(order);
            tickets_[payload.at("ticketId")].is_whole &= is_known;
            move(entry.name, tickets_[payload.at("ticketId")], payload);
        }
    }

    /// The differences between what it knows and `board`, in words; none if they agree.
    std::vector<std::string> differences(const KitchenBoard& board) const {
        std::vector<std::string> found;
        std::set<std::string> shown;
        for (const StationBoard& station : board.stations) {
            for (const TicketView& view : station.tickets) {
                shown.insert(to_string(view.ticket.id));
                compare(view, found);
            }
        }
        for (const auto& [id, ticket] : tickets_) {
            const bool is_gone = ticket.status == "completed";
            if (!is_gone && !shown.contains(id)) {
                found.push_back("ticket " + id + " is not shown, but is " + ticket.status);
            }
        }
        return found;
    }

  private:
    struct Known {
        std::string order;
        std::string status = "pending";
        std::string priority = "normal";
        bool is_held = false;
        /// False: it had left before this display began, and was brought back. A display reads such
        /// a ticket; its events do not tell how urgent it is.
        bool is_whole = true;
    };

    void add(const TicketView& view) {
        tickets_[to_string(view.ticket.id)] = {
            .order = to_string(view.order),
            .status = std::string{to_string(view.ticket.status)},
            .priority = std::string{to_string(view.ticket.priority)},
            .is_held = view.ticket.is_held};
        for (const OrderItem& item : view.items) {
            items_[to_string(item.id)] = to_string(item.status);
        }
    }

    static void move(const std::string& event, Known& ticket, const json& payload) {
        static const std::map<std::string, std::string> kStatuses{
            {"kitchen:order_acknowledged", "acknowledged"},
            {"kitchen:order_preparing", "preparing"},
            {"kitchen:order_ready", "ready"},
            {"kitchen:order_completed", "completed"}};
        ticket.order = payload.at("orderId");
        if (const auto status = kStatuses.find(event); status != kStatuses.end()) {
            ticket.status = status->second;
        } else if (event == "kitchen:order_recalled") {
            ticket.status = payload.at("status");
        } else if (event == "kitchen:priority_changed") {
            ticket.priority = payload.at("priority");
        } else if (event == "kitchen:order_held") {
            ticket.is_held = true;
        } else if (event == "kitchen:order_fired") {
            ticket.is_held = false;
        }
    }

    void compare(const TicketView& view, std::vector<std::string>& found) const {
        const std::string id = to_string(view.ticket.id);
        const auto known = tickets_.find(id);
        if (known == tickets_.end() && !created_.contains(to_string(view.order))) {
            found.push_back("nobody told of ticket " + id);
        }
        const Known expected = known == tickets_.end() ? Known{} : known->second;
        const bool is_as_urgent = expected.priority == to_string(view.ticket.priority) &&
                                  expected.is_held == view.ticket.is_held;
        if (expected.status != to_string(view.ticket.status) ||
            (expected.is_whole && !is_as_urgent)) {
            found.push_back(
                "ticket " + id + " is " + std::string{to_string(view.ticket.status)} + ", not " +
                expected.status
            );
        }
        for (const OrderItem& item : view.items) {
            const auto told = items_.find(to_string(item.id));
            if (told != items_.end() && told->second != to_string(item.status)) {
                found.push_back(
                    "line " + told->first + " is " + std::string{to_string(item.status)} +
                    ", not " + told->second
                );
            }
        }
    }

    std::map<std::string, Known> tickets_;
    std::map<std::string, std::string> items_;
    std::set<std::string> created_;
};

class BoardTest : public PgTest {
  protected:
    KitchenBoard board() {
        auto read = world.kitchen().board(sample.branch.id, std::nullopt, std::vector{kitchen});
        EXPECT_TRUE(read) << read.error().detail;
        return read ? *read : KitchenBoard{.stations = {}, .seqs = {{kitchen, 0}}};
    }
    void replay(std::int64_t after, std::int64_t up_to, Display& display) {
        while (after < up_to) {
            const int page = static_cast<int>(std::min<std::int64_t>(up_to - after, 200));
            const auto history = world.events().read(kitchen, after, page);
            ASSERT_TRUE(history && !history->entries.empty());
            for (const OutboxEntry& entry : history->entries) {
                display.apply(entry);
            }
            after = history->entries.back().seq;
        }
    }
    /// One change of any kind; one that the moment does not allow is refused, which is fine.
    void change_something(std::mt19937& random) {
        const auto open = world.kitchen().list_tickets({.branch = sample.branch.id, .limit = 200});
        ASSERT_TRUE(open) << open.error().detail;
        const bool is_few = open->size() < 30;
        if (open->empty() || random() % (is_few ? 3U : 8U) == 0) {
            ASSERT_TRUE(orders.place(
                guest,
                {.items =
                     {{.menu_item = sample.burger.id, .quantity = 1},
                      {.menu_item = sample.beer.id, .quantity = 2}}},
                std::nullopt
            ));
            return;
        }
        const TicketView& view = (*open)[random() % open->size()];
        const TicketId id = view.ticket.id;
        switch (random() % 11) {
            case 0:
                static_cast<void>(tickets.hold(cook, id));
                break;
            case 1:
                static_cast<void>(tickets.fire(cook, id));
                break;
            case 2:
                static_cast<void>(tickets.rush(cook, id));
                break;
            case 3:
                static_cast<void>(tickets.recall(cook, id));
                break;
            case 4:
                static_cast<void>(tickets.patch(cook, id, {.status = TicketStatus::kAcknowledged}));
                break;
            case 5:
                static_cast<void>(tickets.patch(cook, id, {.status = TicketStatus::kPreparing}));
                break;
            case 6:
                static_cast<void>(tickets.patch(cook, id, {.status = TicketStatus::kReady}));
                break;
            case 7:
                static_cast<void>(orders.move(
                    cook,
                    view.order,
                    {.status = random() % 2 == 0 ? OrderStatus::kCancelled : OrderStatus::kReady}
                ));
                break;
            case 8:
                static_cast<void>(orders.move_item(
                    cook,
                    view.order,
                    {.item = view.items.at(0).id,
                     .status = random() % 2 == 0 ? ItemStatus::kPreparing : ItemStatus::kReady}
                ));
                break;
            default:
                static_cast<void>(tickets.bump(cook, id));
        }
    }

    Channel kitchen = Channel::kitchen(sample.branch.id);
    TableSession session = sample.open_session();
    CountingSignal signal;
    usecases::IdempotencyGuard guard{world.idempotency()};
    usecases::OrderService orders{
        {.orders = world.orders(),
         .guard = guard,
         .menus = world.menus(),
         .signal = signal,
         .ids = ids,
         .clock = world.clock}};
    usecases::TicketService tickets{
        {.orders = world.orders(),
         .guard = guard,
         .menus = world.menus(),
         .staff = world.staff(),
         .signal = signal,
         .ids = ids,
         .clock = world.clock}};
    Caller guest = Guest{
        .session = session.id,
        .table = session.table.id,
        .branch = sample.branch.id,
        .restaurant = sample.branch.restaurant,
        .device_id = "phone",
        .name = {}};
    Caller cook;

    void SetUp() override {
        // More orders than the guests of one table may have waiting.
        world.database().execute("update branches set guest_unserved_orders_max = 0");
        const Staff kim{
            .id = ids.make<StaffId>(),
            .restaurant = sample.branch.restaurant,
            .branch = sample.branch.id,
            .name = "Kim",
            .email = "kim@example.com",
            .role = Role::kKitchen,
            .password_hash = "unused",
            .station = {}};
        world.add_staff(kim, true);
        cook = StaffMember{
            .id = kim.id,
            .restaurant = kim.restaurant,
            .branch = kim.branch,
            .role = kim.role,
            .name = kim.name,
            .station = {}};
    }
};

TEST_F(BoardTest, ABoardAndTheEventsBehindItAreTheNextBoard) {
    constexpr int kWriters = 4;
    constexpr int kChangesEach = 60;
    std::atomic<int> writing{kWriters};
    int compared = 0;
    std::jthread reader{[&] {
        KitchenBoard last = board();
        do {
            KitchenBoard next = board();
            Display display{last};
            ASSERT_NO_FATAL_FAILURE(replay(last.seqs.at(kitchen), next.seqs.at(kitchen), display));
            const auto differences = display.differences(next);
            ASSERT_TRUE(differences.empty()) << differences.size() << ": " << differences[0];
            compared += next.seqs.at(kitchen) > last.seqs.at(kitchen) ? 1 : 0;
            last = std::move(next);
        } while (writing > 0);
    }};
    in_parallel(kWriters, [&](int number) {
        std::mt19937 random{static_cast<std::mt19937::result_type>(number)};
        for (int i = 0; i < kChangesEach; ++i) {
            change_something(random);
        }
        --writing;
    });
    reader.join();
    EXPECT_GT(compared, 20);
}

TEST_F(BoardTest, TheBranchSaysWhenTicketsAreOld) {
    using std::chrono::seconds;
    EXPECT_EQ(board().ages, TicketAges{}) << "what a new branch has";
    world.database().execute("update branches set warn_after_seconds = 60, late_after_seconds = 90"
    );
    EXPECT_EQ(board().ages, (TicketAges{.warn_after = seconds{60}, .late_after = seconds{90}}));
    EXPECT_ANY_THROW(world.database().execute("update branches set late_after_seconds = 59"));
}

TEST_F(BoardTest, AllEventsOnAnEmptyBoardAreTheBoard) {
    Display display{board()};
    std::mt19937 random{7};
    for (int i = 0; i < 150; ++i) {
        change_something(random);
    }
    const KitchenBoard last = board();
    ASSERT_NO_FATAL_FAILURE(replay(0, last.seqs.at(kitchen), display));
    EXPECT_EQ(display.differences(last), std::vector<std::string>{});
}

}  // namespace
}  // namespace orderpush::test
