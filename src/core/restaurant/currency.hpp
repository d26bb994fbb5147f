#pragma once

#include <string_view>

namespace orderpush {

/// Whether it is the code of a currency that is paid with, by ISO 4217 as of January 2026.
bool is_currency(std::string_view code);

}  // namespace orderpush
