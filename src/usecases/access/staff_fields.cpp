#include "usecases/access/staff_fields.hpp"

#include "usecases/validation.hpp"

#include <algorithm>
#include <utility>

namespace orderpush::usecases {
namespace {

constexpr TextLength kEmailLength{.least = 3, .most = 254};

bool is_address(std::string_view text) {
    const auto at = text.find('@');
    const bool is_split = at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
                          text.find('@', at + 1) == std::string_view::npos;
    return is_split && std::ranges::none_of(text, [](char c) {
               return static_cast<unsigned char>(c) <= ' ' || c == '\x7f';
           });
}

}  // namespace

void check_email(std::vector<FieldError>& errors, std::string field, std::string_view text) {
    const std::size_t before = errors.size();
    check_length(errors, field, text, kEmailLength);
    if (errors.size() == before && !is_address(text)) {
        errors.push_back({std::move(field), "must be an e-mail address"});
    }
}

}  // namespace orderpush::usecases
