#include "protocol/pusher_request_check.hpp"

#include "base/crypto/crypto.hpp"
#include "base/percent.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

namespace orderpush::protocol {
namespace {

constexpr std::size_t kParametersMax = 64;
/// Both directions; as many and the request is refused.
constexpr std::chrono::seconds kClockSkewMax{600};
/// Beyond the year 9999 no clock goes.
constexpr std::int64_t kTimestampMax = 253'402'300'799;
constexpr std::string_view kSignature = "auth_signature";

Error refused(std::string message) {
    return {
        .kind = ErrorKind::kUnauthenticated,
        .code = "request_auth_invalid",
        .message = std::move(message)};
}

Error invalid(std::string message) {
    return {.kind = ErrorKind::kInvalid, .code = "query_invalid", .message = std::move(message)};
}

struct SignedField {
    std::string_view name;
    std::string_view value;
    /// Empty if the name is in lower case already.
    std::string other_case = {};

    std::string_view lowered() const { return other_case.empty() ? name : other_case; }
};

/// Everything but the signature, in the order in which it is signed.
std::vector<SignedField> signed_fields(const PusherQuery& query) {
    std::vector<SignedField> fields;
    fields.reserve(query.all().size());
    for (const auto& [name, value] : query.all()) {
        if (name == kSignature) {
            continue;
        }
        fields.push_back({.name = name, .value = value});
        if (std::ranges::any_of(name, [](char c) { return c != to_lower(c); })) {
            fields.back().other_case = in_lower_case(name);
        }
    }
    std::ranges::stable_sort(fields, {}, &SignedField::lowered);
    return fields;
}

std::string string_to_sign(
    std::string_view method,
    std::string_view path,
    std::span<const SignedField> fields,
    bool is_lowered
) {
    constexpr std::size_t kParameters = 512;
    std::string text;
    text.reserve(method.size() + path.size() + kParameters);
    text.append(method).append("\n").append(path).append("\n");
    const char* before = "";
    for (const SignedField& field : fields) {
        text.append(std::exchange(before, "&")).append(is_lowered ? field.lowered() : field.name);
        text.append("=").append(field.value);
    }
    return text;
}

std::optional<Timestamp> parse_timestamp(std::string_view text) {
    std::int64_t seconds = -1;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc{} || rest != text.data() + text.size() || seconds < 0 ||
        seconds > kTimestampMax) {
        return std::nullopt;
    }
    return Timestamp{std::chrono::seconds{seconds}};
}

Result<void> check_version(const PusherQuery& query) {
    const std::string_view* version = query.find("auth_version");
    if (version == nullptr) {
        return refused("Version required");
    }
    return *version == "1.0" ? Result<void>{} : refused("Version not supported");
}

Result<void> check_time(const PusherQuery& query, Timestamp now) {
    const std::string_view* text = query.find("auth_timestamp");
    const auto given = text == nullptr ? std::nullopt : parse_timestamp(*text);
    if (!given) {
        return refused("Timestamp required");
    }
    // Whole seconds on both sides, as the SDKs count.
    const auto apart = std::chrono::abs(std::chrono::floor<std::chrono::seconds>(now) - *given);
    if (apart >= kClockSkewMax) {
        return refused(
            "Timestamp expired: Given timestamp (" + to_rfc3339(*given) +
            ") not within 600s of server time (" + to_rfc3339(now) + ")"
        );
    }
    return {};
}

Result<void> check_body(const PusherRequest& request, const PusherQuery& query) {
    const std::string_view* given = query.find("body_md5");
    if (given == nullptr) {
        return request.body.empty() ? Result<void>{} : refused("Missing parameter: body_md5");
    }
    if (!is_md5_hex(*given, request.body)) {
        return refused("Invalid body_md5: it is not the MD5 of the body that arrived");
    }
    return {};
}

/// As a line of text: "POST\n/apps/…".
std::string in_one_line(std::string_view text) {
    std::string line;
    for (const char c : text) {
        if (c == '\n') {
            line += "\\n";
        } else {
            line.push_back(c);
        }
    }
    return line;
}

/// Whether `is_signed` of the path on the wire, with or without the prefix, or of what one of these
/// may have been before it was encoded.
template <class Predicate>
bool any_signed_path(const PusherRequest& request, const Predicate& is_signed) {
    const auto either = [&](std::string_view path) {
        if (is_signed(path)) {
            return true;
        }
        const auto decoded = percent_decode(path);
        return decoded && *decoded != path && is_signed(*decoded);
    };
    if (either(request.path)) {
        return true;
    }
    if (request.path_prefix.empty()) {
        return false;
    }
    return request.path.starts_with(request.path_prefix)
               ? either(request.path.substr(request.path_prefix.size()))
               : either(std::string{request.path_prefix}.append(request.path));
}

/// Whether it is the signature of one of the texts that clients sign: they build the path
/// themselves, and some lower the names of parameters.
bool is_signature(
    std::string_view given,
    const PusherApp& app,
    const PusherRequest& request,
    std::span<const SignedField> fields
) {
    const auto is_of = [&](std::string_view path, bool is_lowered) {
        const std::string text = string_to_sign(request.method, path, fields, is_lowered);
        return is_hmac_sha256_hex(given, app.secret, text);
    };
    const bool has_upper = std::ranges::any_of(fields, [](const SignedField& field) {
        return !field.other_case.empty();
    });
    return any_signed_path(request, [&](std::string_view path) {
        return is_of(path, false) || (has_upper && is_of(path, true));
    });
}

Result<void> check_signature(
    const PusherApp& app, const PusherRequest& request, const PusherQuery& query
) {
    const std::string_view* given = query.find(kSignature);
    if (given == nullptr) {
        return refused("Missing parameter: auth_signature");
    }
    const auto fields = signed_fields(query);
    if (!is_signature(*given, app, request, fields)) {
        const auto text = string_to_sign(request.method, request.path, fields, false);
        return refused(
            "Invalid signature: you should have sent HmacSHA256Hex(\"" + in_one_line(text) +
            "\", your_secret_key), but you sent \"" + std::string{*given} + "\""
        );
    }
    return {};
}

}  // namespace

std::optional<std::string_view> PusherQuery::decode(std::string_view text) {
    if (text.find('%') == std::string_view::npos && text.find('+') == std::string_view::npos) {
        return text;
    }
    auto decoded = form_decode(text);
    if (!decoded) {
        return std::nullopt;
    }
    return decoded_.emplace_front(*std::move(decoded));
}

Result<PusherQuery> PusherQuery::parse(std::string_view query) {
    if (std::ranges::count(query, '&') >= static_cast<std::ptrdiff_t>(kParametersMax)) {
        return invalid("Too many query parameters");
    }
    // The SDKs send five fields, and with some calls one or two more.
    constexpr std::size_t kUsualFields = 8;
    PusherQuery parsed;
    parsed.fields_.reserve(kUsualFields);
    const bool is_valid = split_form(query, [&](std::string_view name, std::string_view value) {
        const auto decoded_name = parsed.decode(name);
        const auto decoded_value = parsed.decode(value);
        if (!decoded_name || !decoded_value) {
            return false;
        }
        parsed.fields_.emplace_back(*decoded_name, *decoded_value);
        return true;
    });
    if (!is_valid) {
        return invalid("The query is not valid percent-encoding");
    }
    for (auto field = parsed.fields_.begin(); field != parsed.fields_.end(); ++field) {
        const bool is_repeated =
            std::find_if(parsed.fields_.begin(), field, [&](const Field& before) {
                return before.first == field->first;
            }) != field;
        if (is_repeated && !field->first.ends_with("[]")) {
            return invalid("Duplicate parameter: " + std::string{field->first});
        }
    }
    return parsed;
}

const std::string_view* PusherQuery::find(std::string_view name) const {
    const auto found = std::ranges::find(fields_, name, &Field::first);
    return found == fields_.end() ? nullptr : &found->second;
}

Result<void> verify_pusher_head(
    const PusherApp& app, const PusherRequest& request, const PusherQuery& query, Timestamp now
) {
    if (auto version = check_version(query); !version) {
        return version;
    }
    if (auto time = check_time(query, now); !time) {
        return time;
    }
    return check_signature(app, request, query);
}

Result<void> verify_pusher_request(
    const PusherApp& app, const PusherRequest& request, const PusherQuery& query, Timestamp now
) {
    // Before the body, so that only those who have the secret can have it read.
    if (auto head = verify_pusher_head(app, request, query, now); !head) {
        return head;
    }
    return check_body(request, query);
}

}  // namespace orderpush::protocol
