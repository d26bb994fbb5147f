#include "storage/database/db_pool.hpp"

#include "storage/database/connection.hpp"
#include "storage/database/failure.hpp"
#include "storage/database/transaction.hpp"
#include "storage/database/watchdog.hpp"

#include <pqxx/pqxx>

#include <stdexcept>
#include <utility>

namespace orderpush::storage {
namespace {

/// Beyond the server's own statement timeout, so that a living server answers first.
constexpr std::chrono::milliseconds kLongestCall{7'000};

}  // namespace

DbPool::Lease::Lease(DbPool& pool, std::unique_ptr<Connection> connection)
    : pool_(pool), connection_(std::move(connection)) {}

DbPool::Lease::~Lease() {
    if (connection_) {
        pool_.give_back(std::move(connection_), is_good_);
    }
}

DbPool::DbPool(DbPoolOptions options)
    : options_(std::move(options)), watchdog_(std::make_unique<Watchdog>(kLongestCall)) {
    static_cast<void>(connection_string({.url = options_.url}));
    idle_.reserve(options_.size);
}

DbPool::~DbPool() = default;

DbPool::Figures DbPool::figures() {
    const std::scoped_lock lock{mutex_};
    return {.in_use = open_count_ - idle_.size(), .open = open_count_, .max = options_.size};
}

Failure DbPool::failed(const std::exception& exception) const {
    auto failure = to_failure(exception);
    switch (failure.kind) {
        case Failure::Kind::kFinal:
            options_.errors.final_ones.add();
            break;
        case Failure::Kind::kRolledBack:
            options_.errors.rolled_back.add();
            break;
        case Failure::Kind::kConnectionLost:
            options_.errors.connection_lost.add();
            break;
    }
    return failure;
}

Result<DbPool::Lease> DbPool::lease() {
    auto taken = take_idle();
    while (taken && *taken && (*taken)->is_stale()) {
        taken->reset();
        forget_one();
        taken = take_idle();
    }
    const bool must_connect = taken && !*taken;
    if (must_connect) {
        taken = connect();
    }
    if (!taken) {
        return std::move(taken).error();
    }
    return Lease{*this, *std::move(taken)};
}

Result<std::unique_ptr<Connection>> DbPool::take_idle() {
    const auto began_at = std::chrono::steady_clock::now();
    std::unique_lock lock{mutex_};
    const bool is_free = changed_.wait_for(lock, options_.lease_timeout, [this] {
        return !idle_.empty() || open_count_ < options_.size;
    });
    options_.wait.observe(
        std::chrono::duration<double>{std::chrono::steady_clock::now() - began_at}.count()
    );
    if (!is_free) {
        return database_unavailable("no connection of the pool became free in time");
    }
    if (!idle_.empty()) {
        auto connection = std::move(idle_.back());
        idle_.pop_back();
        return connection;
    }
    const auto now = std::chrono::steady_clock::now();
    if (is_away_ && now < next_attempt_at_) {
        return database_unavailable("the last attempt to connect failed");
    }
    // While it is away one caller tries; the others fail at once instead of waiting for the same.
    next_attempt_at_ = now + std::chrono::seconds{3};
    ++open_count_;
    return std::unique_ptr<Connection>{};
}

Result<std::unique_ptr<Connection>> DbPool::connect() {
    try {
        auto connection = std::make_unique<Connection>(ConnectionOptions{.url = options_.url});
        const std::scoped_lock lock{mutex_};
        is_away_ = false;
        return connection;
    } catch (const std::exception& exception) {
        {
            const std::scoped_lock lock{mutex_};
            is_away_ = true;
            next_attempt_at_ = std::chrono::steady_clock::now() + options_.away_pause;
        }
        forget_one();
        return to_failure(exception).error;
    }
}

void DbPool::forget_one() {
    {
        const std::scoped_lock lock{mutex_};
        --open_count_;
    }
    changed_.notify_one();
}

void DbPool::give_back(std::unique_ptr<Connection> connection, bool is_good) noexcept {
    if (!is_good) {
        connection.reset();
        forget_one();
        return;
    }
    {
        const std::scoped_lock lock{mutex_};
        idle_.push_back(std::move(connection));
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
    try {
        const Watchdog::Watch watch{*watchdog_, lease.connection()};
        return lease.connection().execute(statement, parameters);
    } catch (const std::exception& exception) {
        auto failure = failed(exception);
        const bool is_lost = failure.kind == Failure::Kind::kConnectionLost;
        const bool is_read = statement.access == Statement::Access::kRead;
        if (is_lost) {
            lease.discard();
        }
        if (is_lost && !is_read) {
            failure.error = outcome_unknown(std::move(failure.error.detail));
        }
        const bool is_repeatable =
            failure.kind == Failure::Kind::kRolledBack || (is_lost && is_read);
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
    try {
        const Watchdog::Watch watch{*watchdog_, lease.connection()};
        Transaction transaction{lease.connection()};
        auto rows = work(transaction);
        if (rows) {
            is_committing = true;
            transaction.commit();
        }
        return rows;
    } catch (const std::exception& exception) {
        auto failure = failed(exception);
        const bool is_lost = failure.kind == Failure::Kind::kConnectionLost;
        if (is_lost) {
            lease.discard();
        }
        if (is_lost && is_committing) {
            return outcome_unknown(std::move(failure.error.detail));
        }
        const bool is_undone = is_lost || failure.kind == Failure::Kind::kRolledBack;
        may_retry = is_undone ? MayRetry::kYes : MayRetry::kNo;
        return std::move(failure.error);
    }
}

}  // namespace orderpush::storage
