#pragma once

namespace orderpush::storage {

/// One SQL statement, prepared once per connection under its name. Both texts are literals.
struct Statement {
    const char* name;
    const char* text;
    /// A read can be repeated after a lost connection; a write whose answer was lost cannot.
    enum class Access { kRead, kWrite } access;
};

}  // namespace orderpush::storage
