#include "realtime/ably/messages/wire_value.hpp"

#include "base/json_nesting.hpp"
#include "realtime/wire/utf8.hpp"

#include <array>
#include <optional>
#include <utility>

namespace orderpush::realtime::ably {
namespace {

ErrorInfo malformed(std::string message) {
    return {.code = 40000, .status = 400, .message = std::move(message)};
}

/// Reads a MessagePack document from end to end without making anything of it: the library's
/// reader, which follows, calls itself for each level and takes a document's word for its sizes.
class MsgpackCheck {
  public:
    explicit MsgpackCheck(std::string_view bytes) : rest_(bytes) {}

    /// What is wrong with it; null: nothing.
    const char* fault() {
        while (fault_ == nullptr && step()) {
        }
        if (fault_ == nullptr && !rest_.empty()) {
            fault_ = "There are bytes behind the document";
        }
        return fault_;
    }

  private:
    struct Level {
        /// Keys count too.
        std::uint64_t left = 0;
        bool is_map = false;
    };
    enum class Kind : std::uint8_t { kFixed, kText, kBytes, kArray, kMap, kUnsupported };
    struct Head {
        Kind kind = Kind::kFixed;
        /// Bytes of a size behind the head, or of the value itself (kFixed).
        std::size_t extra = 0;
        /// Where the head holds the size.
        std::uint64_t size = 0;
    };

    static Head head_of(unsigned char byte) {
        if (byte < 0x80 || byte >= 0xe0) {
            return {};
        }
        if (byte < 0x90) {
            return {Kind::kMap, 0, byte & 0x0fU};
        }
        if (byte < 0xa0) {
            return {Kind::kArray, 0, byte & 0x0fU};
        }
        if (byte < 0xc0) {
            return {Kind::kText, 0, byte & 0x1fU};
        }
        // 0xc0 to 0xdf.
        static constexpr std::array<Head, 32> kHeads{{
            {Kind::kFixed, 0},       {Kind::kUnsupported, 0}, {Kind::kFixed, 0},
            {Kind::kFixed, 0},       {Kind::kBytes, 1},       {Kind::kBytes, 2},
            {Kind::kBytes, 4},       {Kind::kUnsupported, 0}, {Kind::kUnsupported, 0},
            {Kind::kUnsupported, 0}, {Kind::kFixed, 4},       {Kind::kFixed, 8},
            {Kind::kFixed, 1},       {Kind::kFixed, 2},       {Kind::kFixed, 4},
            {Kind::kFixed, 8},       {Kind::kFixed, 1},       {Kind::kFixed, 2},
            {Kind::kFixed, 4},       {Kind::kFixed, 8},       {Kind::kUnsupported, 0},
            {Kind::kUnsupported, 0}, {Kind::kUnsupported, 0}, {Kind::kUnsupported, 0},
            {Kind::kUnsupported, 0}, {Kind::kText, 1},        {Kind::kText, 2},
            {Kind::kText, 4},        {Kind::kArray, 2},       {Kind::kArray, 4},
            {Kind::kMap, 2},         {Kind::kMap, 4},
        }};
        return kHeads.at(byte - 0xc0U);
    }

    /// Of the value at the front; false at the end of the document.
    bool step() {
        while (depth_ > 0 && levels_.at(depth_ - 1).left == 0) {
            --depth_;
        }
        if (depth_ == 0 && values_ > 0) {
            return false;
        }
        if (++values_ > kValuesMax) {
            return fail("It has too many values");
        }
        if (rest_.empty()) {
            return fail("It ends too early");
        }
        Head head = head_of(static_cast<unsigned char>(rest_.front()));
        rest_.remove_prefix(1);
        if (is_key() && head.kind != Kind::kText) {
            return fail("A key is not a string");
        }
        if (depth_ > 0) {
            --levels_.at(depth_ - 1).left;
        }
        return read(head);
    }

    bool is_key() const {
        return depth_ > 0 && levels_.at(depth_ - 1).is_map && levels_.at(depth_ - 1).left % 2 == 0;
    }

    bool read(Head head) {
        if (head.kind == Kind::kUnsupported) {
            return fail("It has a value of a type that is not used here");
        }
        if (head.kind == Kind::kFixed) {
            return take(head.extra).has_value();
        }
        if (head.extra > 0) {
            const auto digits = take(head.extra);
            if (!digits) {
                return false;
            }
            for (const char digit : *digits) {
                head.size = head.size << 8U | static_cast<unsigned char>(digit);
            }
        }
        switch (head.kind) {
            case Kind::kText: {
                const auto text = take(head.size);
                return text && (is_utf8(*text) || fail("A string is not UTF-8"));
            }
            case Kind::kBytes:
                return take(head.size).has_value();
            default:
                return open(head);
        }
    }

    bool open(const Head& head) {
        const bool is_map = head.kind == Kind::kMap;
        const std::uint64_t values = is_map ? head.size * 2 : head.size;
        // Each takes a byte at least.
        if (values > rest_.size()) {
            return fail("It ends too early");
        }
        if (depth_ == levels_.size()) {
            return fail("It nests too deeply");
        }
        levels_.at(depth_++) = {.left = values, .is_map = is_map};
        return true;
    }

    std::optional<std::string_view> take(std::uint64_t size) {
        if (size > rest_.size()) {
            fail("It ends too early");
            return std::nullopt;
        }
        const std::string_view taken = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return taken;
    }

    bool fail(const char* fault) {
        fault_ = fault;
        return false;
    }

    std::string_view rest_;
    std::array<Level, kNestingMax> levels_{};
    std::size_t depth_ = 0;
    std::size_t values_ = 0;
    const char* fault_ = nullptr;
};

/// Commas and brackets outside of strings: never fewer than the values.
bool has_too_many_values(std::string_view text) {
    std::size_t count = 1;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '"') {
            i = end_of_string(text, i + 1);
        } else if (c == ',' || c == '[' || c == '{') {
            ++count;
        }
    }
    return count > kValuesMax;
}

}  // namespace

Checked<Value> decode_value(Format format, std::string_view bytes) {
    if (bytes.size() > kFrameBytesMax) {
        return ErrorInfo{.code = 40009, .status = 413, .message = "The document is too large"};
    }
    Value value;
    if (format == Format::kJson) {
        if (nests_deeper_than(kNestingMax, bytes)) {
            return malformed("It nests too deeply");
        }
        if (has_too_many_values(bytes)) {
            return malformed("It has too many values");
        }
        value = Value::parse(bytes, nullptr, false);
    } else {
        if (const char* fault = MsgpackCheck{bytes}.fault()) {
            return malformed(fault);
        }
        value = Value::from_msgpack(bytes, true, false);
    }
    if (value.is_discarded()) {
        return malformed(format == Format::kJson ? "It is not JSON" : "It is not MessagePack");
    }
    return value;
}

const Value* find_member(const Value& object, const char* name) {
    if (!object.is_object()) {
        return nullptr;
    }
    const auto found = object.find(name);
    return found == object.end() || found->is_null() ? nullptr : &*found;
}

std::string encode_value(Format format, const Value& value) {
    if (format == Format::kJson) {
        return value.dump(-1, ' ', false, Value::error_handler_t::replace);
    }
    std::string bytes;
    Value::to_msgpack(value, nlohmann::detail::output_adapter<char>{bytes});
    return bytes;
}

Value to_value(const ErrorInfo& error) {
    return {
        {"code", error.code},
        {"statusCode", error.status},
        {"message", error.message},
        {"href", "https://help.ably.io/error/" + std::to_string(error.code)}};
}

}  // namespace orderpush::realtime::ably
