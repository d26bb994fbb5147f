#include "storage/database/db_pool.hpp"

#include "base/observability/log.hpp"
#include "storage/database/connection.hpp"
#include "storage/database/failure.hpp"
#include "storage/database/transaction.hpp"
#include "storage/database/watchdog.hpp"
#include "storage/statement_lists.hpp"

#include <pqxx/pqxx>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace orderpush::storage {
namespace {

/// Beyond the server's own statement timeout, so that a living server answers first.
constexpr std::chrono::milliseconds kLongestCall{7'000};

constexpr Statement kShowReadOnly{
    "show_read_only",
    "select pg_is_in_recovery() as is_standby, "
    "current_setting('transaction_read_only')::boolean as is_read_only",
    Statement::Access::kRead};

class ObservedWait {
  public:
    explicit ObservedWait(const metrics::Histogram& histogram) : histogram_(histogram) {}
    ObservedWait(const ObservedWait&) = delete;
    ObservedWait& operator=(const ObservedWait&) = delete;
    ~ObservedWait() {
        const auto time = std::chrono::steady_clock::now() - began_at_;
        histogram_.observe(std::chrono::duration<double>{time}.count());
    }

  private:
    const metrics::Histogram& histogram_;
    const Deadline began_at_ = std::chrono::steady_clock::now();
};

}  // namespace

DbPool::Lease::Lease(DbPool& pool, std::unique_ptr<Connection> connection, std::uint64_t generation)
    : pool_(pool), connection_(std::move(connection)), generation_(generation) {}

DbPool::Lease::~Lease() {
    if (connection_) {
        pool_.give_back(std::move(connection_), generation_, is_good_);
    }
}

DbPool::DbPool(DbPoolOptions options)
    : options_(std::move(options)),
      watchdog_(std::make_unique<Watchdog>(kLongestCall)),
      granted_count_(options_.size) {
    static_cast<void>(connection_string({.url = options_.url}));
    idle_.reserve(options_.size);
}

DbPool::~DbPool() = default;

DbPool::Figures DbPool::figures() {
    const std::scoped_lock lock{mutex_};
    return {.in_use = open_count_ - idle_.size(), .open = open_count_, .max = options_.size};
}

Failure DbPool::failed(const std::exception& exception, std::string_view statement) {
    auto failure = to_failure(exception);
    switch (failure.kind) {
        case Failure::Kind::kFinal:
            options_.errors.final_ones.add();
            break;
        case Failure::Kind::kRolledBack:
            options_.errors.rolled_back.add();
            break;
        case Failure::Kind::kWrongSession:
        case Failure::Kind::kConnectionLost:
            options_.errors.connection_lost.add();
            break;
    }
    if (failure.telling_count > 0 && !statement.empty()) {
        writes_.failed(
            statement, failure.error, failure.telling_count, std::chrono::steady_clock::now()
        );
    }
    if (failure.kind == Failure::Kind::kWrongSession) {
        drop_all();
    }
    return failure;
}

Result<DbPool::Lease> DbPool::lease() {
    const ObservedWait wait{options_.wait};
    const auto deadline = std::chrono::steady_clock::now() + options_.lease_timeout;
    while (true) {
        auto taken = ORDERPUSH_TRY(take_idle(deadline));
        if (taken.connection && taken.connection->is_stale()) {
            taken.connection.reset();
            forget_one();
            continue;
        }
        if (taken.connection) {
            return Lease{*this, std::move(taken.connection), taken.generation};
        }
        auto attempt = connect();
        if (attempt.connection) {
            return Lease{*this, std::move(attempt.connection), taken.generation};
        }
        if (!attempt.may_wait) {
            return std::move(attempt.error);
        }
    }
}

bool DbPool::may_open() const {
    const bool is_granted =
        open_count_ < granted_count_ || std::chrono::steady_clock::now() >= growth_at_;
    return open_count_ < options_.size && is_granted;
}

Result<DbPool::Taken> DbPool::take_idle(Deadline deadline) {
    std::unique_lock lock{mutex_};
    while (idle_.empty() && !may_open()) {
        // More may be asked for while this waits.
        const bool grows = open_count_ < options_.size;
        changed_.wait_until(lock, grows ? std::min(deadline, growth_at_) : deadline);
        if (idle_.empty() && std::chrono::steady_clock::now() >= deadline) {
            return database_unavailable("no connection of the pool became free in time");
        }
    }
    if (!idle_.empty()) {
        auto connection = std::move(idle_.back());
        idle_.pop_back();
        return Taken{std::move(connection), generation_};
    }
    const auto now = std::chrono::steady_clock::now();
    if (is_away_ && now < next_attempt_at_) {
        Error error = away_error_;
        error.detail = "the last attempt to connect failed";
        return error;
    }
    // While it is away one caller tries; the others fail at once instead of waiting for the same.
    next_attempt_at_ = now + std::chrono::seconds{3};
    if (open_count_ >= granted_count_) {
        // One caller asks for more than was granted; the others share what there is.
        growth_at_ = now + options_.growth_pause;
    }
    ++open_count_;
    return Taken{nullptr, generation_};
}

DbPool::Attempt DbPool::connect() {
    try {
        auto connection = std::make_unique<Connection>(ConnectionOptions{
            .url = options_.url, .is_pooled = options_.is_pooled});
        const std::scoped_lock lock{mutex_};
        is_away_ = false;
        if (open_count_ > granted_count_) {
            granted_count_ = open_count_;
            growth_at_ = {};
        }
        return {.connection = std::move(connection)};
    } catch (const std::exception& exception) {
        Attempt attempt{.connection = nullptr, .error = to_failure(exception).error};
        std::size_t open = 0;
        {
            const std::scoped_lock lock{mutex_};
            const auto now = std::chrono::steady_clock::now();
            open = --open_count_;
            attempt.may_wait = open > 0;
            if (attempt.may_wait) {
                granted_count_ = open;
                growth_at_ = now + options_.growth_pause;
            } else {
                is_away_ = true;
                away_error_ = attempt.error;
                next_attempt_at_ = now + options_.away_pause;
                granted_count_ = options_.size;
            }
        }
        // Whoever waited for this one is to hear of it at once.
        changed_.notify_all();
        if (const auto left_out = attempt.may_wait ? bound_lines_.admit() : std::nullopt) {
            log::warn(
                "database_connections_bounded",
                {{"open", open},
                 {"wanted", options_.size},
                 {"setting", "DB_POOL_SIZE"},
                 {"detail", attempt.error.detail},
                 {"leftOut", *left_out}}
            );
        }
        return attempt;
    }
}

void DbPool::forget_one() {
    {
        const std::scoped_lock lock{mutex_};
        --open_count_;
    }
    changed_.notify_one();
}

void DbPool::drop_all() {
    std::vector<std::unique_ptr<Connection>> dropped;
    {
        const std::scoped_lock lock{mutex_};
        ++generation_;
        open_count_ -= idle_.size();
        dropped.swap(idle_);
        idle_.reserve(options_.size);
    }
    changed_.notify_all();
}

void DbPool::make_room() {
    std::unique_ptr<Connection> dropped;
    {
        const std::scoped_lock lock{mutex_};
        if (open_count_ <= 1) {
            return;
        }
        // One that is leased goes when it comes back: see give_back().
        granted_count_ = std::min(granted_count_, open_count_) - 1;
        granted_count_ = std::max<std::size_t>(granted_count_, 1);
        growth_at_ = std::chrono::steady_clock::now() + options_.growth_pause;
        if (!idle_.empty()) {
            dropped = std::move(idle_.back());
            idle_.pop_back();
            --open_count_;
        }
    }
}

void DbPool::give_back(
    std::unique_ptr<Connection> connection, std::uint64_t generation, bool is_good
) noexcept {
    bool is_kept = false;
    {
        const std::scoped_lock lock{mutex_};
        is_kept = is_good && generation == generation_ && open_count_ <= granted_count_;
        if (is_kept) {
            idle_.push_back(std::move(connection));
        }
    }
    if (!is_kept) {
        connection.reset();
        forget_one();
        return;
    }
    changed_.notify_one();
}

Result<pqxx::result> DbPool::run(const Statement& statement, const Parameters& parameters) {
    auto may_retry = MayRetry::kNo;
    auto rows = run_once(statement, parameters, may_retry);
    if (!rows && may_retry == MayRetry::kYes) {
        return run_once(statement, parameters, may_retry);
    }
    return rows;
}

Result<pqxx::result> DbPool::run_once(
    const Statement& statement, const Parameters& parameters, MayRetry& may_retry
) {
    auto lease = ORDERPUSH_TRY(this->lease());
    const bool is_read = statement.access == Statement::Access::kRead;
    try {
        const Watchdog::Watch watch{*watchdog_, lease.connection()};
        auto rows = lease.connection().execute(statement, parameters);
        if (!is_read) {
            writes_.done(statement.name);
        }
        return rows;
    } catch (const std::exception& exception) {
        auto failure = failed(exception, is_read ? "" : statement.name);
        const bool is_lost = failure.kind == Failure::Kind::kConnectionLost;
        if (failure.ends_connection()) {
            lease.discard();
        }
        if (is_lost && !is_read) {
            failure.error = outcome_unknown(std::move(failure.error.detail));
        }
        const bool is_repeatable = failure.is_undone() || (is_lost && is_read);
        may_retry = is_repeatable ? MayRetry::kYes : MayRetry::kNo;
        return std::move(failure.error);
    }
}

Result<pqxx::result> DbPool::transact(
    const std::function<Result<pqxx::result>(Transaction& transaction)>& work
) {
    auto may_retry = MayRetry::kNo;
    auto rows = transact_once(work, may_retry);
    if (!rows && may_retry == MayRetry::kYes) {
        return transact_once(work, may_retry);
    }
    return rows;
}

Result<pqxx::result> DbPool::transact_once(
    const std::function<Result<pqxx::result>(Transaction& transaction)>& work, MayRetry& may_retry
) {
    may_retry = MayRetry::kNo;
    auto lease = ORDERPUSH_TRY(this->lease());
    bool is_committing = false;
    std::vector<const char*> statements;
    try {
        const Watchdog::Watch watch{*watchdog_, lease.connection()};
        Transaction transaction{lease.connection(), statements};
        auto rows = work(transaction);
        if (rows) {
            is_committing = true;
            transaction.commit();
            std::ranges::for_each(statements, [this](const char* name) { writes_.done(name); });
        }
        return rows;
    } catch (const std::exception& exception) {
        auto failure = failed(exception, statements.empty() ? "" : statements.back());
        const bool is_lost = failure.kind == Failure::Kind::kConnectionLost;
        if (failure.ends_connection()) {
            lease.discard();
        }
        if (is_lost && is_committing) {
            return outcome_unknown(std::move(failure.error.detail));
        }
        may_retry = is_lost || failure.is_undone() ? MayRetry::kYes : MayRetry::kNo;
        return std::move(failure.error);
    }
}

Result<void> DbPool::check_writable() {
    const auto rows = ORDERPUSH_TRY(run(kShowReadOnly, {}));
    if (rows.at(0)["is_read_only"].as<bool>()) {
        drop_all();
        const bool is_standby = rows.at(0)["is_standby"].as<bool>();
        return database_read_only(is_standby ? "it is a standby" : "transactions are read-only");
    }
    auto trouble = writes_.trouble(std::chrono::steady_clock::now());
    return trouble ? Result<void>{*std::move(trouble)} : Result<void>{};
}

std::span<const Statement> pool_statements() {
    static constexpr std::array kAll{kShowReadOnly};
    return kAll;
}

}  // namespace orderpush::storage
