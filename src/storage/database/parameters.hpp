#pragma once

#include "base/crypto/uuid.hpp"
#include "base/timestamp.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush::storage {

/// The values of a statement's $1, $2, … in text form.
class Parameters {
  public:
    Parameters& add(std::string_view text) { return keep(std::string{text}); }
    Parameters& add(const char* text) { return keep(std::string{text}); }
    Parameters& add(std::int64_t number) { return keep(std::to_string(number)); }
    Parameters& add(int number) { return keep(std::to_string(number)); }
    Parameters& add(bool flag) { return keep(flag ? "true" : "false"); }
    Parameters& add(Timestamp at) { return keep(to_rfc3339(at)); }
    Parameters& add(const Uuid& id) { return keep(to_string(id)); }
    template <class Tag>
    Parameters& add(const Id<Tag>& id) {
        return keep(to_string(id));
    }
    /// Null if empty.
    template <class T>
    Parameters& add(const std::optional<T>& value) {
        if (value) {
            return add(*value);
        }
        values_.emplace_back();
        return *this;
    }

    /// Null pointers for nulls. Valid until the next call of add().
    std::vector<const char*> pointers() const;

  private:
    Parameters& keep(std::string text) {
        values_.emplace_back(std::move(text));
        return *this;
    }
    std::vector<std::optional<std::string>> values_;
};

/// A PostgreSQL array. Names of streams and adapters need no quoting.
std::string text_array(const std::vector<std::string>& names);

}  // namespace orderpush::storage
