#pragma once

#include <array>
#include <string_view>

namespace orderpush {

/// What PUSH_ADAPTERS may name. Another adapter is a name here and its factory at the same place in
/// delivery/adapters.cpp.
inline constexpr std::array<std::string_view, 3> kAdapterNames{"builtin", "pusher", "ably"};

}  // namespace orderpush
