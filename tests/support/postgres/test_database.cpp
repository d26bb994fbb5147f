#include "tests/support/postgres/test_database.hpp"

#include "base/crypto/crypto.hpp"
#include "storage/database/conninfo.hpp"
#include "storage/database/schema.hpp"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <stdexcept>

namespace orderpush::test {
namespace {

constexpr const char* kVariable = "ORDERPUSH_TEST_DATABASE_URL";

std::string server_url() {
    const char* url =
        std::getenv(kVariable);  // NOLINT(concurrency-mt-unsafe): nobody sets it meanwhile
    if (url == nullptr) {
        throw std::runtime_error(
            std::string{kVariable} + " is not set; it names the PostgreSQL server for tests"
        );
    }
    return url;
}

void run_outside_transaction(const std::string& url, const std::string& sql) {
    pqxx::connection connection{url};
    pqxx::nontransaction{connection}.exec0(sql);
}

}  // namespace

TestDatabase::TestDatabase(Schema schema)
    : server_url_(server_url()),
      name_("orderpush_test_" + sha256_hex(random_token(16)).substr(0, 16)) {
    run_outside_transaction(server_url_, "create database " + name_);
    // Nothing here outlives a crash of the server: commits need not wait for the disk.
    run_outside_transaction(
        server_url_, "alter database " + name_ + " set synchronous_commit = off"
    );
    auto conninfo = storage::parse_conninfo(server_url_);
    conninfo.emplace_back("dbname", name_);
    url_ = storage::to_string(conninfo);
    if (schema == Schema::kEmpty) {
        return;
    }
    if (const auto report = storage::migrate(url_); !report) {
        throw std::runtime_error(report.error().message + " " + report.error().detail);
    }
}

TestDatabase::~TestDatabase() {
    try {
        run_outside_transaction(server_url_, "drop database " + name_ + " with (force)");
    } catch (const std::exception& exception) {
        std::cerr << "test database " << name_ << " was not dropped: " << exception.what() << '\n';
    }
}

pqxx::result TestDatabase::execute(const std::string& sql) const {
    pqxx::connection connection{url_};
    pqxx::work transaction{connection};
    auto rows = transaction.exec(sql);
    transaction.commit();
    return rows;
}

}  // namespace orderpush::test
