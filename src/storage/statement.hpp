#pragma once

namespace orderpush::storage {

/// One SQL statement, prepared once per connection under its name. Both texts are literals.
struct Statement {
    const char* name;
    const char* text;
    /// A read can be repeated after a lost connection; a write whose answer was lost cannot.
    enum class Access { kRead, kWrite } access;
};

/// What `Join` returns, for as long as the program runs.
template <class Join>
inline constexpr auto kJoinedText = Join{}();

/// A statement whose text is joined of parts at compile time: `join` returns it as SqlText.
template <class Join>
constexpr Statement joined_statement(const char* name, Statement::Access access, Join /*join*/) {
    return {name, kJoinedText<Join>.text, access};
}

}  // namespace orderpush::storage
