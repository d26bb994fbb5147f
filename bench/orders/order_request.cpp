#include "bench/orders/order_request.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <charconv>
#include <chrono>

namespace orderpush::bench {
namespace {

/// Hexadecimal digits of a serial number.
constexpr std::size_t kSerialLength = 16;
constexpr std::string_view kBlankSerial = "----------------";
constexpr std::string_view kCustomer = "Guest ";

std::string authorization(const std::string& token) {
    return token.empty() ? "" : fmt::format("Authorization: Bearer {}\r\n", token);
}

std::string request_bytes(
    const std::string& method,
    const std::string& path,
    const std::string& headers,
    const std::string& body
) {
    return fmt::format(
        "{} {} HTTP/1.1\r\nHost: 127.0.0.1\r\n{}Content-Type: application/json\r\n"
        "Content-Length: {}\r\n\r\n{}",
        method,
        path,
        headers,
        body.size(),
        body
    );
}

}  // namespace

std::string post_request(
    const std::string& path, const std::string& token, const std::string& body
) {
    return request_bytes("POST", path, authorization(token), body);
}

std::string patch_request(
    const std::string& path, const std::string& token, const std::string& body
) {
    return request_bytes("PATCH", path, authorization(token), body);
}

std::string bare_request(
    const std::string& method, const std::string& path, const std::string& token
) {
    return fmt::format(
        "{} {} HTTP/1.1\r\nHost: 127.0.0.1\r\n{}\r\n", method, path, authorization(token)
    );
}

OrderRequest::OrderRequest(const SeatedGuest& guest) {
    nlohmann::json order{
        {"customerName", fmt::format("{}{}", kCustomer, kBlankSerial)},
        {"items", nlohmann::json::array()},
    };
    for (const std::string& item : guest.menu_items) {
        order["items"].push_back({{"menuItemId", item}, {"quantity", 2}});
    }
    order["items"][0]["note"] = "no onions";
    bytes_ = request_bytes(
        "POST",
        "/v1/orders",
        fmt::format(
            "Authorization: Bearer {}\r\nIdempotency-Key: {}\r\n", guest.token, kBlankSerial
        ),
        order.dump()
    );
    serial_positions_ = {bytes_.find(kBlankSerial), bytes_.rfind(kBlankSerial)};
}

std::string_view OrderRequest::with_serial(std::uint64_t serial) {
    const std::string digits = fmt::format("{:016x}", serial);
    for (const std::size_t position : serial_positions_) {
        bytes_.replace(position, kSerialLength, digits);
    }
    return bytes_;
}

std::optional<std::uint64_t> serial_in(std::string_view text) {
    const auto at = text.find(kCustomer);
    if (at == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string_view digits = text.substr(at + kCustomer.size(), kSerialLength);
    std::uint64_t serial = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), serial, 16);
    return error == std::errc{} ? std::optional{serial} : std::nullopt;
}

std::uint64_t first_serial() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(now).count()
    );
}

}  // namespace orderpush::bench
