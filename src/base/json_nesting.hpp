#pragma once

#include <cstddef>
#include <string_view>

namespace orderpush {

/// How deeply a document may nest: parsers and writers that recurse would run out of stack on what
/// a client chooses. For parsers that report where objects and arrays begin and end.
class NestingLimit {
  public:
    explicit NestingLimit(std::size_t depth_max) noexcept : depth_max_(depth_max) {}

    /// An object or array begins. False: it nests too deeply.
    [[nodiscard]] bool enter() noexcept { return ++depth_ <= depth_max_; }
    void leave() noexcept { --depth_; }

    std::size_t depth() const noexcept { return depth_; }
    std::size_t depth_max() const noexcept { return depth_max_; }

  private:
    const std::size_t depth_max_;
    std::size_t depth_ = 0;
};

/// Where the quotation mark is that ends the string beginning at `from`; the end if there is none.
inline std::size_t end_of_string(std::string_view text, std::size_t from) {
    for (std::size_t begin = from;; ++from) {
        from = text.find('"', from);
        if (from == std::string_view::npos) {
            return text.size();
        }
        std::size_t backslashes = 0;
        while (backslashes < from - begin && text[from - backslashes - 1] == '\\') {
            ++backslashes;
        }
        if (backslashes % 2 == 0) {
            return from;
        }
    }
}

/// The same for JSON text that is not parsed yet: whether brackets outside of strings nest deeper
/// than `depth_max`. What is not JSON at all is the parser's to find.
inline bool nests_deeper_than(std::size_t depth_max, std::string_view text) {
    NestingLimit limit{depth_max};
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '"') {
            i = end_of_string(text, i + 1);
        } else if (c == '{' || c == '[') {
            if (!limit.enter()) {
                return true;
            }
        } else if ((c == '}' || c == ']') && limit.depth() > 0) {
            limit.leave();
        }
    }
    return false;
}

}  // namespace orderpush
