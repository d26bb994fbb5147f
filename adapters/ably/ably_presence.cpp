#include "adapters/ably/ably_presence.hpp"

#include "adapters/ably/ably_agent.hpp"
#include "core/presence/presence_fact.hpp"
#include "protocol/ably_member.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace orderpush::adapters {
namespace {

using Json = nlohmann::json;

/// Of one list; a provider that links in circles must not hold us.
constexpr std::size_t kPagesMax = 200;

/// "presence?cursor=abc" of `<./presence?cursor=abc>; rel="next"` (RFC 8288); several links may
/// share a header. Empty if there is no next page.
std::string next_of(const net::HttpResponse& response) {
    for (const auto& [name, value] : response.headers) {
        std::string_view rest = name == "link" ? std::string_view{value} : std::string_view{};
        while (!rest.empty()) {
            const std::string_view link = rest.substr(0, rest.find(','));
            rest.remove_prefix(std::min(link.size() + 1, rest.size()));
            const auto open = link.find("<./");
            const auto close = link.find('>');
            const bool is_next = link.find("rel=\"next\"") != std::string_view::npos;
            if (is_next && open != std::string_view::npos && close > open) {
                return std::string{link.substr(open + 3, close - open - 3)};
            }
        }
    }
    return {};
}

std::string string_field(const Json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

std::optional<ListedMember> member_of(const Json& message) {
    if (!message.is_object()) {
        return std::nullopt;
    }
    std::string id = string_field(message, "clientId");
    std::string connection = string_field(message, "connectionId");
    if (!is_member_id(id)) {
        return std::nullopt;
    }
    return ListedMember{
        .id = std::move(id),
        .connection = is_member_id(connection) ? std::move(connection) : std::string{},
        .info = message.contains("data") ? protocol::ably_member_info(message["data"].dump())
                                         : std::nullopt};
}

/// By name alone, or with details.
std::optional<Channel> channel_of(const Json& item) {
    std::string name;
    if (item.is_string()) {
        name = item.get<std::string>();
    } else if (item.is_object()) {
        name = string_field(item, "channelId");
    }
    const auto channel = Channel::parse(name);
    return channel && channel->kind() == ChannelKind::kPresence ? channel : std::nullopt;
}

/// Reads lists from one host: a cursor is the host's own.
class PageReader {
  public:
    PageReader(
        net::HttpClient& http, std::string authorization, std::string origin, Deadline deadline
    )
        : http_(http),
          authorization_(std::move(authorization)),
          origin_(std::move(origin)),
          deadline_(deadline) {}

    /// What stands on all pages, beginning with `first` of that folder.
    Result<std::vector<Json>> read(const std::string& folder, const std::string& first) {
        std::vector<Json> items;
        std::string page = first;
        for (std::size_t i = 0; i < kPagesMax && !page.empty(); ++i) {
            const std::vector<net::HttpRequest> requests{request_for(folder + page)};
            const auto answers = http_.exchange(requests, deadline_);
            const auto& answer = answers.front();
            if (!answer) {
                return answer.error();
            }
            Json list = Json::parse(answer->body, nullptr, false);
            if (answer->status != 200 || !list.is_array()) {
                return presence_unavailable(
                    std::to_string(answer->status) + ' ' + net::excerpt(answer->body)
                );
            }
            std::ranges::move(list, std::back_inserter(items));
            page = next_of(*answer);
        }
        if (!page.empty()) {
            return presence_unavailable("more pages than can be");
        }
        return items;
    }

  private:
    net::HttpRequest request_for(const std::string& path) const {
        return {
            .method = "GET",
            .url = origin_ + path,
            .headers = {
                {"Authorization", authorization_},
                {"Accept", "application/json"},
                {"X-Ably-Version", "6"},
                {"Ably-Agent", kAblyAgent}}};
    }

    net::HttpClient& http_;
    const std::string authorization_;
    const std::string origin_;
    const Deadline deadline_;
};

}  // namespace

AblyPresence::AblyPresence(net::HttpClient& http, AblyOptions options)
    : http_(http),
      options_(std::move(options)),
      authorization_(protocol::basic_authorization(options_.key)),
      hosts_(options_.origins) {}

Result<std::vector<ListedChannel>> AblyPresence::list_at(
    const std::string& origin, Deadline deadline
) {
    PageReader pages{http_, authorization_, origin, deadline};
    const auto names = ORDERPUSH_TRY(pages.read("/", "channels?by=id&limit=1000"));
    std::vector<ListedChannel> listed;
    for (const Json& name : names) {
        const auto channel = channel_of(name);
        if (!channel) {
            continue;
        }
        const std::string folder = "/channels/" + net::percent_encode(channel->name()) + '/';
        const auto messages = ORDERPUSH_TRY(pages.read(folder, "presence?limit=1000"));
        ListedChannel& entry =
            listed.emplace_back(ListedChannel{.channel = *channel, .members = {}});
        for (const Json& message : messages) {
            if (auto member = member_of(message)) {
                entry.members.push_back(std::move(*member));
            }
        }
    }
    return listed;
}

Result<std::vector<ListedChannel>> AblyPresence::list(Deadline deadline) {
    Error last = presence_unavailable("no host");
    const auto origins = hosts_.candidates(std::chrono::steady_clock::now());
    for (std::size_t i = 0; i < origins.size(); ++i) {
        const Deadline now = std::chrono::steady_clock::now();
        if (now >= deadline) {
            break;
        }
        // A silent host leaves time for the next.
        const bool is_last = i + 1 == origins.size();
        auto listed = list_at(origins[i], is_last ? deadline : now + (deadline - now) / 2);
        if (listed) {
            hosts_.answered(origins[i], now);
            return listed;
        }
        last = std::move(listed).error();
    }
    return last;
}

}  // namespace orderpush::adapters
