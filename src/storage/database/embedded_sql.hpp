#pragma once

#include <span>

namespace orderpush::storage {

/// One file of sql/migrations.
struct Migration {
    int version;
    /// The file's name without its suffix, e.g. "0001_create_restaurants".
    const char* name;
    const char* text;
};

/// All of them, by version, from 1 on. A number may be left out: of a change that was given up.
/// Written by embed_sql.cmake.
std::span<const Migration> embedded_migrations();

/// sql/seeds/demo.sql.
const char* embedded_demo_seed();

}  // namespace orderpush::storage
