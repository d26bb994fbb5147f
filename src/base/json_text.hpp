#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace orderpush {

/// Appends `text` as a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD.
/// Printable ASCII, which most of what is published is, takes no library.
void append_json_string(std::string& out, std::string_view text);
/// The same as a text of its own.
std::string json_string(std::string_view text);

/// JSON text in which each escape of half a surrogate pair ("\ud83c" alone), which stands for no
/// character and which parsers refuse, is that of U+FFFD; nothing if there is none. JavaScript
/// writes such halves where a text was cut within an emoji.
std::optional<std::string> with_whole_surrogates(std::string_view json);

}  // namespace orderpush
