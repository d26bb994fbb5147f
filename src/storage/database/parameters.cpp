#include "storage/database/parameters.hpp"

namespace orderpush::storage {

std::vector<const char*> Parameters::pointers() const {
    std::vector<const char*> pointers;
    pointers.reserve(values_.size());
    for (const auto& value : values_) {
        pointers.push_back(value ? value->c_str() : nullptr);
    }
    return pointers;
}

std::string text_array(const std::vector<std::string>& names) {
    std::string text{"{"};
    for (const std::string& name : names) {
        text += (text.size() > 1 ? "," : "") + name;
    }
    return text + "}";
}

}  // namespace orderpush::storage
