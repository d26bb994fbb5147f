#pragma once

#include "tests/support/postgres/test_database.hpp"

#include <string>

namespace orderpush::test {

/// A role of its own, that may use the test's database.
class TestRole {
  public:
    TestRole(const TestDatabase& database, const std::string& options)
        : database_(database), name_("role_of_" + database.name()) {
        database_.execute(
            "create role " + name_ + " login password 'geheim' " + options + "; grant select, " +
            "insert, update, delete on all tables in schema public to " + name_
        );
    }
    TestRole(const TestRole&) = delete;
    TestRole& operator=(const TestRole&) = delete;
    ~TestRole() { database_.execute("drop owned by " + name_ + "; drop role " + name_); }

    std::string url() const { return database_.url() + " user='" + name_ + "' password='geheim'"; }
    const std::string& name() const { return name_; }

  private:
    const TestDatabase& database_;
    const std::string name_;
};

}  // namespace orderpush::test
