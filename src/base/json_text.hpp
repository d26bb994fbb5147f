#pragma once

#include <string>
#include <string_view>

namespace orderpush {

/// Appends `text` as a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD.
/// Printable ASCII, which most of what is published is, takes no library.
void append_json_string(std::string& out, std::string_view text);
/// The same as a text of its own.
std::string json_string(std::string_view text);

}  // namespace orderpush
