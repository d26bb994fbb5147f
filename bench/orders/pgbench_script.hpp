#pragma once

#include "bench/orders/restaurant.hpp"

#include <string>

namespace orderpush::bench {

/// A pgbench script whose one transaction sends what the service sends for one placement: the same
/// statements, in the same order, for client i the orders of guest i. The text is that of
/// storage's statements with SQL expressions for the parameters; the documents among these come
/// from OrderService itself. Run it with `-M prepared -D n=0 -D base=B`, where B has 12
/// hexadecimal digits and grows by more than 64 times the transactions of a client from run to run.
///
/// Reads the seated guests from the database at `database_url`. Throws if it cannot.
std::string pgbench_script(const Restaurant& restaurant, const std::string& database_url);

}  // namespace orderpush::bench
