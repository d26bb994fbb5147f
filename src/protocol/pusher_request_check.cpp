#include "protocol/pusher_request_check.hpp"

#include "base/characters.hpp"
#include "base/crypto.hpp"
#include "base/percent.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

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
        .code = ErrorCode::kUnauthenticated,
        .reason = "request_auth_invalid",
        .message = std::move(message)};
}

Error invalid(std::string message) {
    return {.code = ErrorCode::kInvalid, .reason = "query_invalid", .message = std::move(message)};
}

using Field = std::pair<std::string, std::string>;

/// Everything but the signature, in the order in which it is signed.
std::vector<Field> signed_fields(const PusherQuery& query) {
    std::vector<Field> fields;
    fields.reserve(query.all().size());
    for (const Field& field : query.all()) {
        if (field.first != kSignature) {
            fields.push_back(field);
        }
    }
    std::ranges::stable_sort(fields, {}, [](const Field& f) { return in_lower_case(f.first); });
    return fields;
}

std::string joined(const std::vector<Field>& fields) {
    std::string text;
    for (const auto& [name, value] : fields) {
        text.append(text.empty() ? "" : "&").append(name).append("=").append(value);
    }
    return text;
}

std::string string_to_sign(
    std::string_view method, std::string_view path, std::string_view parameters
) {
    std::string text;
    text.reserve(method.size() + path.size() + parameters.size() + 2);
    text.append(method).append("\n").append(path).append("\n").append(parameters);
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
    const std::string* version = query.find("auth_version");
    if (version == nullptr) {
        return refused("Version required");
    }
    return *version == "1.0" ? Result<void>{} : refused("Version not supported");
}

Result<void> check_time(const PusherQuery& query, Timestamp now) {
    const std::string* text = query.find("auth_timestamp");
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
    const std::string* given = query.find("body_md5");
    if (given == nullptr) {
        return request.body.empty() ? Result<void>{} : refused("Missing parameter: body_md5");
    }
    if (!equal_in_constant_time(md5_hex(request.body), *given)) {
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

/// The path on the wire, with and without the prefix; each as it may have been before it was
/// encoded.
std::vector<std::string> signed_paths(const PusherRequest& request) {
    std::vector<std::string> paths{std::string{request.path}};
    if (!request.path_prefix.empty()) {
        paths.push_back(
            request.path.starts_with(request.path_prefix)
                ? std::string{request.path.substr(request.path_prefix.size())}
                : std::string{request.path_prefix}.append(request.path)
        );
    }
    for (std::size_t i = 0, count = paths.size(); i < count; ++i) {
        auto decoded = percent_decode(paths[i]);
        if (decoded && *decoded != paths[i]) {
            paths.push_back(*std::move(decoded));
        }
    }
    return paths;
}

/// What clients may have signed: they build the path themselves, and some lower the names of
/// parameters.
std::vector<std::string> candidates(const PusherRequest& request, const PusherQuery& query) {
    std::vector<Field> fields = signed_fields(query);
    std::vector<std::string> parameters{joined(fields)};
    for (Field& field : fields) {
        field.first = in_lower_case(field.first);
    }
    if (auto lowered = joined(fields); lowered != parameters.front()) {
        parameters.push_back(std::move(lowered));
    }
    std::vector<std::string> texts;
    for (const std::string& path : signed_paths(request)) {
        for (const std::string& text : parameters) {
            texts.push_back(string_to_sign(request.method, path, text));
        }
    }
    return texts;
}

Result<void> check_signature(
    const PusherApp& app, const PusherRequest& request, const PusherQuery& query
) {
    const std::string* given = query.find(kSignature);
    if (given == nullptr) {
        return refused("Missing parameter: auth_signature");
    }
    const auto texts = candidates(request, query);
    const bool is_signed = std::ranges::any_of(texts, [&](const std::string& text) {
        return equal_in_constant_time(hmac_sha256_hex(app.secret, text), *given);
    });
    if (!is_signed) {
        return refused(
            "Invalid signature: you should have sent HmacSHA256Hex(\"" +
            in_one_line(texts.front()) + "\", your_secret_key), but you sent \"" + *given + "\""
        );
    }
    return {};
}

}  // namespace

Result<PusherQuery> PusherQuery::parse(std::string_view query) {
    if (std::ranges::count(query, '&') >= static_cast<std::ptrdiff_t>(kParametersMax)) {
        return invalid("Too many query parameters");
    }
    auto fields = parse_form(query);
    if (!fields) {
        return invalid("The query is not valid percent-encoding");
    }
    for (auto field = fields->begin(); field != fields->end(); ++field) {
        const bool is_repeated = std::find_if(fields->begin(), field, [&](const Field& before) {
                                     return before.first == field->first;
                                 }) != field;
        if (is_repeated && !field->first.ends_with("[]")) {
            return invalid("Duplicate parameter: " + field->first);
        }
    }
    PusherQuery parsed;
    parsed.fields_ = *std::move(fields);
    return parsed;
}

const std::string* PusherQuery::find(std::string_view name) const {
    const auto found = std::ranges::find(fields_, name, &Field::first);
    return found == fields_.end() ? nullptr : &found->second;
}

Result<void> verify_pusher_request(
    const PusherApp& app, const PusherRequest& request, const PusherQuery& query, Timestamp now
) {
    if (auto version = check_version(query); !version) {
        return version;
    }
    if (auto time = check_time(query, now); !time) {
        return time;
    }
    // Before the body, so that only those who have the secret can have it read.
    if (auto signature = check_signature(app, request, query); !signature) {
        return signature;
    }
    return check_body(request, query);
}

}  // namespace orderpush::protocol
