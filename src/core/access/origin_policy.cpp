#include "core/access/origin_policy.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace orderpush {
namespace {

constexpr std::string_view kSetting = "CORS_ALLOWED_ORIGINS";

/// Where anyone can have a project of a name of their choice, as of 2026.
constexpr std::array<std::string_view, 15> kSharedHosting{
    "vercel.app",
    "netlify.app",
    "pages.dev",
    "workers.dev",
    "herokuapp.com",
    "onrender.com",
    "github.io",
    "fly.dev",
    "web.app",
    "firebaseapp.com",
    "azurewebsites.net",
    "cloudfront.net",
    "amplifyapp.com",
    "up.railway.app",
    "surge.sh"};

/// What apps in a shell are served from by the usual shells.
constexpr std::array<std::string_view, 5> kShells{"app", "capacitor", "electron", "ionic", "tauri"};

/// Schemes that are no app's: of the network, or of pages whose origin is opaque.
constexpr std::array<std::string_view, 14> kNeverShells{
    "about",
    "blob",
    "data",
    "file",
    "filesystem",
    "ftp",
    "ftps",
    "javascript",
    "mailto",
    "sftp",
    "ssh",
    "view-source",
    "ws",
    "wss"};

/// Second levels that country registries sell names under, as in "co.uk".
constexpr std::array<std::string_view, 7> kRegistryLabels{
    "co", "com", "org", "net", "ac", "gov", "edu"};

bool is_host_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (true) {
        const auto end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) {
            return parts;
        }
        text.remove_prefix(end + 1);
    }
}

/// The three parts of an origin; views into the parsed text.
struct Parts {
    std::string_view scheme;
    std::string_view host;
    /// Empty: the scheme's default.
    std::string_view port;
};

bool is_port(std::string_view text) {
    return !text.empty() && text.size() <= 5 && text.front() != '0' &&
           std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_host(std::string_view host) {
    const auto is_label = [](std::string_view label) {
        return !label.empty() &&
               std::ranges::all_of(label, [](char c) { return is_host_character(c) || c == '*'; });
    };
    return std::ranges::all_of(split(host, '.'), is_label);
}

bool is_web(std::string_view scheme) {
    return scheme == "https" || scheme == "http";
}

/// What apps in a shell (Capacitor, Ionic, Tauri, Electron) are served from within it. A scheme of
/// an app's own is taken where its host is one word, such as localhost, as such schemes have it:
/// anything else is more likely to be misspelt.
bool is_shell_origin(std::string_view scheme, std::string_view host) {
    const bool is_scheme = !scheme.empty() && scheme.front() >= 'a' && scheme.front() <= 'z' &&
                           std::ranges::all_of(scheme, [](char c) {
                               return is_host_character(c) || c == '+' || c == '.';
                           });
    const bool is_name = !host.empty() && std::ranges::all_of(host, [](char c) {
        return is_host_character(c) || c == '.' || c == '_' || c == '*';
    });
    if (!is_scheme || !is_name || std::ranges::find(kNeverShells, scheme) != kNeverShells.end()) {
        return false;
    }
    const bool is_known = std::ranges::find(kShells, scheme) != kShells.end();
    return is_known || host.find('.') == std::string_view::npos;
}

/// Requires lower case.
std::optional<Parts> parse_parts(std::string_view text) {
    const auto scheme_end = text.find("://");
    if (scheme_end == std::string_view::npos) {
        return std::nullopt;
    }
    Parts parts{
        .scheme = text.substr(0, scheme_end), .host = text.substr(scheme_end + 3), .port = {}};
    const bool is_tls = parts.scheme == "https";
    if (const auto colon = parts.host.find(':'); colon != std::string_view::npos) {
        parts.port = parts.host.substr(colon + 1);
        parts.host = parts.host.substr(0, colon);
        if (!is_port(parts.port)) {
            return std::nullopt;
        }
    }
    if (!is_web(parts.scheme)) {
        return is_shell_origin(parts.scheme, parts.host) ? std::optional{parts} : std::nullopt;
    }
    if (!is_host(parts.host)) {
        return std::nullopt;
    }
    if (parts.port == (is_tls ? "443" : "80")) {
        parts.port = {};
    }
    return parts;
}

std::string join(const Parts& parts) {
    std::string origin = std::string{parts.scheme} + "://" + std::string{parts.host};
    return parts.port.empty() ? origin : origin + ":" + std::string{parts.port};
}

/// Whether what follows the label's last `*` ends in "-something".
bool ends_in_own_name(std::string_view label) {
    const auto tail = label.substr(label.rfind('*') + 1);
    return tail.find('-') != std::string_view::npos && tail.back() != '-';
}

/// The number of labels at the end of `labels` that a registry hands out as one name's parent.
std::size_t registry_label_count(const std::vector<std::string_view>& labels) {
    const bool is_country = labels.size() >= 2 && labels.back().size() == 2;
    const bool is_second_level =
        is_country &&
        std::ranges::find(kRegistryLabels, labels[labels.size() - 2]) != kRegistryLabels.end();
    return is_second_level ? 2 : 1;
}

/// Why a pattern would let in strangers; nothing if it does not.
std::optional<std::string> too_wide(const Parts& parts) {
    if (!is_web(parts.scheme)) {
        return "lets in everyone's apps; write the whole origin, as in capacitor://localhost";
    }
    const std::string_view host = parts.host;
    for (const std::string_view suffix : kSharedHosting) {
        if (!host.ends_with("." + std::string{suffix})) {
            continue;
        }
        const auto labels = split(host.substr(0, host.size() - suffix.size() - 1), '.');
        const std::string_view project = labels.back();
        if (project.find('*') == std::string_view::npos || ends_in_own_name(project)) {
            return std::nullopt;
        }
        return "lets in everyone's projects on " + std::string{suffix} +
               "; end the part before it in your own name, as in https://shop-*-team." +
               std::string{suffix};
    }
    const auto labels = split(host, '.');
    const std::size_t literal_count = registry_label_count(labels) + 1;
    const bool is_own_domain =
        labels.size() > literal_count &&
        std::all_of(
            labels.end() - static_cast<std::ptrdiff_t>(literal_count),
            labels.end(),
            [](std::string_view label) { return label.find('*') == std::string_view::npos; }
        );
    if (is_own_domain) {
        return std::nullopt;
    }
    return "lets in everyone; '*' may only stand before a domain of your own, as in "
           "https://*.example.com";
}

/// Glob match of one label; `*` takes one or more characters. Linear in time and space: remembers
/// only the last star, which is enough for globs.
bool label_matches(std::string_view pattern, std::string_view label) {
    std::size_t at = 0;
    std::size_t star = std::string_view::npos;
    std::size_t star_took_until = 0;
    std::size_t i = 0;
    while (i < label.size()) {
        if (at < pattern.size() && pattern[at] == '*') {
            star = at++;
            star_took_until = ++i;
        } else if (at < pattern.size() && pattern[at] == label[i]) {
            ++at;
            ++i;
        } else if (star != std::string_view::npos) {
            at = star + 1;
            i = ++star_took_until;
        } else {
            return false;
        }
    }
    return at == pattern.size();
}

bool host_matches(std::string_view pattern, std::string_view host) {
    const auto wanted = split(pattern, '.');
    const auto given = split(host, '.');
    return std::ranges::equal(wanted, given, label_matches);
}

bool matches(const std::string& pattern, const Parts& origin) {
    const auto wanted = parse_parts(pattern);
    return wanted && wanted->scheme == origin.scheme && wanted->port == origin.port &&
           host_matches(wanted->host, origin.host);
}

FieldError fault(std::string_view entry, const std::string& message) {
    return {std::string{kSetting}, "'" + std::string{entry} + "' " + message};
}

}  // namespace

Result<OriginPolicy> OriginPolicy::parse(std::string_view setting, std::string_view public_origin) {
    OriginPolicy policy;
    std::vector<FieldError> faults;
    for (const std::string_view listed : split(setting, ',')) {
        const std::string_view entry = trimmed(listed);
        if (entry.empty()) {
            continue;
        }
        const std::string lower = in_lower_case(entry);
        if (lower == "*") {
            faults.push_back(fault(entry, "lets in everyone; list your front-ends' origins"));
            continue;
        }
        const auto parts = parse_parts(lower);
        if (!parts) {
            faults.push_back(fault(
                entry, "is not an origin; write scheme://host or scheme://host:port, without a path"
            ));
            continue;
        }
        const bool is_pattern = parts->host.find('*') != std::string_view::npos;
        if (const auto reason = is_pattern ? too_wide(*parts) : std::nullopt) {
            faults.push_back(fault(entry, *reason));
            continue;
        }
        (is_pattern ? policy.patterns_ : policy.exact_).push_back(join(*parts));
    }
    if (!public_origin.empty()) {
        const std::string lower = in_lower_case(public_origin);
        const auto parts = parse_parts(lower);
        if (parts && parts->host.find('*') == std::string_view::npos) {
            policy.exact_.push_back(join(*parts));
        } else {
            faults.push_back({"PUBLIC_URL", "has no origin of the form scheme://host[:port]"});
        }
    }
    if (!faults.empty()) {
        return Error{
            .kind = ErrorKind::kInvalid,
            .code = "invalid_origins",
            .message = "The list of allowed origins has entries that cannot be accepted.",
            .field_errors = std::move(faults)};
    }
    return policy;
}

bool is_origin_of(
    std::string_view origin, std::string_view host, std::optional<std::string_view> scheme
) {
    const std::string lower = in_lower_case(origin);
    const std::string asked = in_lower_case(host);
    const std::string_view named{lower};
    const auto end = named.find("://");
    if (asked.empty() || end == std::string_view::npos) {
        return false;
    }
    const std::string_view own = named.substr(0, end);
    if (!is_web(own) || (scheme && *scheme != own)) {
        return false;
    }
    const std::string_view port = own == "https" ? ":443" : ":80";
    const auto without_port = [&](std::string_view text) {
        return text.ends_with(port) ? text.substr(0, text.size() - port.size()) : text;
    };
    return without_port(named.substr(end + 3)) == without_port(asked);
}

bool OriginPolicy::allows(std::string_view origin) const {
    const std::string lower = in_lower_case(origin);
    const auto parts = parse_parts(lower);
    if (!parts || parts->host.find('*') != std::string_view::npos) {
        return false;
    }
    const std::string canonical = join(*parts);
    if (std::ranges::find(exact_, canonical) != exact_.end()) {
        return true;
    }
    return std::ranges::any_of(patterns_, [&](const std::string& pattern) {
        return matches(pattern, *parts);
    });
}

}  // namespace orderpush
