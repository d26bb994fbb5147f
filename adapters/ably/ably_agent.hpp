#pragma once

namespace orderpush::adapters {

/// Who asks, as Ably's agents are written: the header Ably-Agent of each request.
inline constexpr const char* kAblyAgent = "orderpush/" ORDERPUSH_VERSION;

}  // namespace orderpush::adapters
