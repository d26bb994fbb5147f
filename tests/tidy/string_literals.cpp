#include "tests/tidy/source_tree.hpp"

#include <algorithm>
#include <cctype>

namespace orderpush::tidy {
namespace {

/// Walks over C++ text and collects its string literals.
class LiteralReader {
  public:
    explicit LiteralReader(std::string text) : text_(std::move(text)) {}

    std::vector<StringLiteral> read() {
        while (at_ < text_.size()) {
            step();
        }
        return std::move(literals_);
    }

  private:
    bool is_at(std::string_view token) const {
        return text_.compare(at_, token.size(), token) == 0;
    }

    void step() {
        if (is_at("//")) {
            skip_to("\n");
        } else if (is_at("/*")) {
            skip_to("*/");
        } else if (is_at("R\"")) {
            read_raw();
        } else if (text_[at_] == '"') {
            read_plain();
        } else if (text_[at_] == '\'' && !is_digit_separator()) {
            at_ += 1;
            skip_quoted('\'');
        } else {
            is_joined_ = is_joined_ && std::isspace(static_cast<unsigned char>(text_[at_])) != 0;
            at_ += 1;
        }
    }

    bool is_digit_separator() const {
        return at_ > 0 && std::isxdigit(static_cast<unsigned char>(text_[at_ - 1])) != 0;
    }

    void skip_to(std::string_view end) {
        const auto found = text_.find(end, at_);
        at_ = found == std::string::npos ? text_.size() : found + end.size();
    }

    void skip_quoted(char quote) {
        while (at_ < text_.size() && text_[at_] != quote) {
            at_ += text_[at_] == '\\' ? 2U : 1U;
        }
        at_ += 1;
    }

    void read_plain() {
        const std::size_t begin = ++at_;
        skip_quoted('"');
        add(begin, at_ - 1);
    }

    /// R"delimiter( … )delimiter"
    void read_raw() {
        const auto open = text_.find('(', at_);
        if (open == std::string::npos) {
            at_ = text_.size();
            return;
        }
        const std::string end = ')' + text_.substr(at_ + 2, open - at_ - 2) + '"';
        at_ = open + 1;
        skip_to(end);
        add(open + 1, at_ - end.size());
    }

    void add(std::size_t begin, std::size_t end) {
        const std::string literal = text_.substr(begin, end - begin);
        if (is_joined_) {
            literals_.back().text += literal;
        } else {
            const auto first = text_.find_first_not_of(" \n", begin);
            literals_.push_back({line_of(std::min(first, end)), literal});
        }
        is_joined_ = true;
    }

    std::size_t line_of(std::size_t position) const {
        std::size_t line = 0;
        for (std::size_t i = 0; i < position; ++i) {
            line += text_[i] == '\n' ? 1U : 0U;
        }
        return line;
    }

    const std::string text_;
    std::size_t at_ = 0;
    /// Whether nothing but white space came after the last literal.
    bool is_joined_ = false;
    std::vector<StringLiteral> literals_;
};

}  // namespace

std::vector<StringLiteral> string_literals(const SourceFile& file) {
    return LiteralReader{file.text()}.read();
}

}  // namespace orderpush::tidy
