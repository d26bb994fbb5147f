#pragma once

#include <nlohmann/json.hpp>

#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush::http {

/// Makes input that nobody sends on purpose, the same for the same seed.
class HostileInput {
  public:
    explicit HostileInput(std::uint32_t seed) : random_(seed) {}

    /// The text of a body: `valid` with a few things wrong, sometimes nothing, sometimes not even
    /// JSON.
    std::string body(const nlohmann::json& valid);
    /// For a query parameter or a path segment, percent-encoded.
    std::string word();
    /// For a header: no line breaks.
    std::string header_value();

    std::uint32_t below(std::uint32_t bound) {
        return static_cast<std::uint32_t>(random_()) % bound;
    }
    bool one_in(std::uint32_t count) { return below(count) == 0; }
    template <class T>
    const T& pick(const std::vector<T>& some) {
        return some[below(static_cast<std::uint32_t>(some.size()))];
    }

  private:
    nlohmann::json value();
    std::string text();
    void spoil(nlohmann::json& document);
    nlohmann::json* any_node(nlohmann::json& document);
    void spoil_bytes(std::string& bytes);

    std::mt19937 random_;
};

}  // namespace orderpush::http
