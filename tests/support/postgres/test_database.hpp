#pragma once

#include <pqxx/pqxx>

#include <string>

namespace orderpush::test {

/// A database of its own on the server of ORDERPUSH_TEST_DATABASE_URL (a libpq connection string or
/// URI of a database to connect to meanwhile, by a user who may create databases). Dropped at the
/// end, whoever is still connected.
class TestDatabase {
  public:
    enum class Schema { kEmpty, kMigrated };

    /// Throws std::runtime_error if the variable is missing: a test that needs the database must
    /// not pass without it.
    explicit TestDatabase(Schema schema = Schema::kMigrated);
    TestDatabase(const TestDatabase&) = delete;
    TestDatabase& operator=(const TestDatabase&) = delete;
    ~TestDatabase();

    const std::string& url() const { return url_; }
    const std::string& name() const { return name_; }
    /// Runs SQL on a fresh connection, in a transaction of its own.
    pqxx::result execute(const std::string& sql) const;

  private:
    std::string server_url_;
    std::string name_;
    std::string url_;
};

}  // namespace orderpush::test
