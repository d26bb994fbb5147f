#include "http_server/response_writer.hpp"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <string_view>

namespace orderpush::http_server {
namespace {

using std::chrono::sys_seconds;

constexpr std::string_view kLineEnd = "\r\n";

/// What the lines written here take, with a status of three digits and lengths of ten.
constexpr std::size_t kFixedBytes = 256;

/// RFC 9110, section 5.6.7, in the preferred form, of whatever locale the process is.
std::string format_date(sys_seconds time) {
    constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array<const char*, 12> kMonths{
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{time - day};
    return fmt::format(
        "{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
        kDays.at(std::chrono::weekday{day}.c_encoding()),
        static_cast<unsigned>(date.day()),
        kMonths.at(static_cast<unsigned>(date.month()) - 1),
        static_cast<int>(date.year()),
        clock.hours().count(),
        clock.minutes().count(),
        clock.seconds().count()
    );
}

/// Formatting takes longer than the rest of a head, and a thread writes many in a second.
const std::string& current_date() {
    thread_local sys_seconds written_at{};
    thread_local std::string date;
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    if (now != written_at || date.empty()) {
        written_at = now;
        date = format_date(now);
    }
    return date;
}

void append_line(std::string& text, std::string_view name, std::string_view value) {
    text.append(name).append(": ").append(value).append(kLineEnd);
}

/// RFC 9110, sections 15.3.5 and 15.4.5: these end with the head, and have no length.
bool is_without_content(int status) {
    return status == 204 || status == 304;
}

std::size_t size_of(const protocol::HttpHeaders& headers) {
    std::size_t size = 0;
    for (const auto& [name, value] : headers) {
        size += name.size() + value.size() + 4;
    }
    return size;
}

void append_content_headers(std::string& text, const protocol::HttpResponse& response) {
    if (is_without_content(response.status)) {
        return;
    }
    if (!response.body.empty()) {
        append_line(text, "Content-Type", response.content_type);
    }
    append_line(text, "Content-Length", std::to_string(response.body.size()));
}

}  // namespace

std::string write_response(const protocol::HttpResponse& response, const ResponseFraming& framing) {
    const bool has_content = !framing.is_head && !is_without_content(response.status);
    std::string text;
    text.reserve(
        kFixedBytes + size_of(response.headers) + (has_content ? response.body.size() : 0)
    );
    text.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
    text.append(protocol::reason_phrase(response.status)).append(kLineEnd);
    append_content_headers(text, response);
    for (const auto& [name, value] : response.headers) {
        append_line(text, name, value);
    }
    if (!framing.strict_transport.empty()) {
        append_line(text, "Strict-Transport-Security", framing.strict_transport);
    }
    append_line(text, "Date", current_date());
    if (framing.keep_alive) {
        append_line(text, "Connection", "keep-alive");
        append_line(text, "Keep-Alive", "timeout=" + std::to_string(framing.keep_alive->count()));
    } else {
        append_line(text, "Connection", "close");
    }
    text.append(kLineEnd);
    if (has_content) {
        text.append(response.body);
    }
    return text;
}

}  // namespace orderpush::http_server
