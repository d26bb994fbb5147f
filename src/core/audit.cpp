#include "core/audit.hpp"

#include "core/enum_names.hpp"

#include <array>

namespace orderpush {
namespace {

constexpr std::array<std::string_view, 5> kKindNames{
    "staff", "api_key", "guest", "operator", "service"};

}  // namespace

std::string_view to_string(AuditActor::Kind kind) noexcept {
    return kKindNames[static_cast<std::size_t>(kind)];
}

std::optional<AuditActor::Kind> parse_audit_actor_kind(std::string_view word) {
    return value_of<AuditActor::Kind>(kKindNames, word);
}

}  // namespace orderpush
