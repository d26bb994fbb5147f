#include "core/kitchen/receipt_store.hpp"

namespace orderpush {

std::string_view to_string(ReceiptKind kind) noexcept {
    return kind == ReceiptKind::kSeen ? "seen" : "received";
}

std::optional<ReceiptKind> parse_receipt_kind(std::string_view word) {
    for (const auto kind : {ReceiptKind::kReceived, ReceiptKind::kSeen}) {
        if (word == to_string(kind)) {
            return kind;
        }
    }
    return std::nullopt;
}

}  // namespace orderpush
