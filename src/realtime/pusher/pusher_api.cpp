#include "realtime/pusher/pusher_api.hpp"

#include "base/clock.hpp"
#include "base/percent.hpp"
#include "base/result.hpp"
#include "protocol/pusher_names.hpp"
#include "protocol/pusher_request_check.hpp"
#include "realtime/pusher/api_request.hpp"
#include "realtime/pusher/hub_keys.hpp"
#include "realtime/pusher/pusher_api_errors.hpp"
#include "realtime/pusher/pusher_api_messages.hpp"
#include "realtime/pusher/pusher_api_triggers.hpp"
#include "realtime/pusher/pusher_protocol.hpp"
#include "realtime/pusher/pusher_watchlist.hpp"

#include <algorithm>
#include <atomic>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace orderpush::realtime {
namespace {

using pusher_api::Attributes;
using pusher_api::bad_request;
using pusher_api::disabled;
using pusher_api::NamedState;
using pusher_api::not_found;
using pusher_api::overloaded;
using pusher_api::refuse;
using pusher_api::Trigger;
using pusher_api::unauthenticated;

constexpr std::string_view kAppsPrefix = "/apps/";
constexpr std::string_view kUsersPrefix = "/users/";
constexpr std::string_view kTerminate = "/terminate_connections";

/// A batch whose data doubles when it is written as JSON, and what else belongs to it. Parsing
/// takes the event loop's time, so what cannot be good is not parsed.
Result<void> check_body_size(const App& app, std::string_view body) {
    constexpr std::size_t kRest = 64U * 1024U;
    const std::size_t bytes_max =
        2 * pusher_api::kBatchMax * app.limits.event_data_bytes_max + kRest;
    if (body.size() > bytes_max) {
        return Error{
            .kind = ErrorKind::kTooLarge,
            .code = "body_too_large",
            .message = "The body exceeds the allowed maximum (" + std::to_string(bytes_max) +
                       " bytes): it has " + std::to_string(body.size())};
    }
    return {};
}

/// The restaurant's channels, where only the service publishes.
Result<void> check_not_reserved(const App& app, const std::vector<std::string>& channels) {
    for (const std::string& name : channels) {
        if (is_reserved(app, name)) {
            return Error{
                .kind = ErrorKind::kForbidden,
                .code = "channel_reserved",
                .message = "The channel " + name +
                           " is reserved: only the service itself publishes on it"};
        }
    }
    return {};
}

/// The trigger's event and data go to its last channel.
void append_publications(const App& app, Trigger& trigger, std::vector<Publication>& all) {
    for (std::size_t i = 0; i < trigger.channels.size(); ++i) {
        const bool is_last = i + 1 == trigger.channels.size();
        all.push_back(
            {.channel = hub_key_of(app, trigger.channels[i]),
             .event = is_last ? std::move(trigger.event) : trigger.event,
             .data = is_last ? std::move(trigger.data) : trigger.data,
             .excluded = trigger.excluded}
        );
    }
}

/// Publishes all, then tells whether the hub handed over every one.
void publish_all(
    Hub& hub, std::vector<Publication> publications, std::function<void(bool is_done)> done
) {
    if (publications.size() == 1) {
        hub.publish(std::move(publications.front()), std::move(done));
        return;
    }
    struct Progress {
        std::atomic<std::size_t> missing;
        std::atomic<bool> is_good{true};
        std::function<void(bool)> done;
    };
    const auto progress = std::make_shared<Progress>();
    progress->missing = publications.size();
    progress->done = std::move(done);
    hub.publish_batch(std::move(publications), [progress](std::size_t, bool is_handed_over) {
        if (!is_handed_over) {
            progress->is_good = false;
        }
        if (--progress->missing == 0) {
            progress->done(progress->is_good);
        }
    });
}

/// Hands `use` the states of these channels, in that order. At least one.
void describe_all(
    Hub& hub,
    const App& app,
    const std::vector<std::string>& names,
    std::function<void(std::vector<NamedState>)> use
) {
    struct Progress {
        std::atomic<std::size_t> missing;
        /// Each written once, by whichever shard knows.
        std::vector<NamedState> states;
        std::function<void(std::vector<NamedState>)> use;
    };
    const auto progress = std::make_shared<Progress>();
    progress->missing = names.size();
    progress->states.resize(names.size());
    progress->use = std::move(use);
    for (std::size_t i = 0; i < names.size(); ++i) {
        hub.describe(hub_key_of(app, names[i]), [progress, i, name = names[i]](ChannelState state) {
            progress->states[i] = {.name = name, .state = std::move(state)};
            if (--progress->missing == 0) {
                progress->use(std::move(progress->states));
            }
        });
    }
}

/// "…/terminate_connections" and so on, without the application's part.
struct Target {
    /// Nothing: the path names no application, and the key must do.
    std::optional<std::string> app_id;
    /// Still encoded.
    std::string_view rest;
};

std::optional<Target> target_of(std::string_view path) {
    if (path.starts_with(kUsersPrefix)) {
        return Target{.app_id = {}, .rest = path};
    }
    path.remove_prefix(kAppsPrefix.size());
    const auto slash = path.find('/');
    if (slash == std::string_view::npos) {
        return std::nullopt;
    }
    auto app_id = percent_decode(path.substr(0, slash));
    return app_id ? std::optional{Target{.app_id = std::move(app_id), .rest = path.substr(slash)}}
                  : std::nullopt;
}

/// Who asks.
Result<AppPtr> find_app(
    const AppTable& apps, const protocol::PusherQuery& query, const Target& target
) {
    const std::string_view* key = query.find("auth_key");
    if (key == nullptr) {
        return unauthenticated("Missing parameter: auth_key");
    }
    AppPtr app = apps.by_key(*key);
    if (app == nullptr) {
        return bad_request("Unknown auth_key");
    }
    if (target.app_id && *target.app_id != app->credentials.id) {
        return unauthenticated("The auth_key is not one of app " + *target.app_id);
    }
    return app;
}

}  // namespace

/// A request that is signed by its application.
struct PusherApi::RequestContext {
    const protocol::HttpRequest& request;
    const protocol::PusherQuery& query;
    /// Behind the application's part of the path, still encoded.
    std::string_view rest;
    AppPtr app;

    Attributes info() const {
        const std::string_view* list = query.find("info");
        return list == nullptr ? Attributes{} : pusher_api::parse_attributes(*list);
    }
};

PusherApi::PusherApi(Hub& hub, const AppTable& apps, const Clock& clock, std::string path_prefix)
    : hub_(hub), apps_(apps), clock_(clock), path_prefix_(std::move(path_prefix)) {}

void PusherApi::answer(const protocol::HttpRequest& request, protocol::HttpReply reply) {
    const auto target = target_of(without_prefix(request.path, path_prefix_));
    if (!target) {
        refuse(reply, not_found());
        return;
    }
    const auto query = protocol::PusherQuery::parse(request.query);
    if (!query) {
        refuse(reply, query.error());
        return;
    }
    const auto app = find_app(apps_, *query, *target);
    if (!app) {
        refuse(reply, app.error());
        return;
    }
    if (const auto size = check_body_size(**app, request.body); !size) {
        refuse(reply, size.error());
        return;
    }
    const protocol::PusherRequest as_signed{
        .method = request.method,
        .path = request.path,
        .query = request.query,
        .body = request.body,
        .path_prefix = path_prefix_};
    const auto verified =
        protocol::verify_pusher_request((*app)->credentials, as_signed, *query, clock_.now());
    if (!verified) {
        refuse(reply, verified.error());
        return;
    }
    if ((*app)->settings.is_disabled) {
        refuse(reply, disabled());
        return;
    }
    route(
        {.request = request, .query = *query, .rest = target->rest, .app = *app}, std::move(reply)
    );
}

void PusherApi::route(const RequestContext& call, protocol::HttpReply reply) {
    constexpr std::string_view kChannels = "/channels";
    constexpr std::string_view kUsers = "/users";
    std::string_view rest = call.rest;
    const bool is_post = call.request.method == "POST";
    if (is_post && rest == "/events") {
        trigger(call, std::move(reply));
        return;
    }
    if (is_post && rest == "/batch_events") {
        trigger_batch(call, std::move(reply));
        return;
    }
    if (is_post && rest.starts_with(kUsersPrefix) && rest.ends_with(kTerminate) &&
        rest.size() > kUsersPrefix.size() + kTerminate.size()) {
        rest.remove_prefix(kUsersPrefix.size());
        rest.remove_suffix(kTerminate.size());
        const auto user = percent_decode(rest);
        user ? terminate(call, *user, std::move(reply)) : refuse(reply, not_found());
        return;
    }
    if (is_post || !rest.starts_with(kChannels)) {
        refuse(reply, not_found());
        return;
    }
    rest.remove_prefix(kChannels.size());
    if (rest.empty()) {
        list_channels(call, std::move(reply));
        return;
    }
    rest.remove_prefix(1);
    const bool is_users = rest.ends_with(kUsers);
    rest.remove_suffix(is_users ? kUsers.size() : 0);
    const auto name = percent_decode(rest);
    if (!name || name->find('/') != std::string::npos || call.rest[kChannels.size()] != '/') {
        refuse(reply, not_found());
    } else if (!protocol::is_pusher_channel_name(*name)) {
        refuse(reply, bad_request("Invalid channel name: '" + *name + "'"));
    } else if (is_users) {
        list_users(call, *name, std::move(reply));
    } else {
        show_channel(call, *name, std::move(reply));
    }
}

void PusherApi::trigger(const RequestContext& call, protocol::HttpReply reply) {
    auto trigger =
        pusher_api::decode_trigger(call.request.body, call.app->limits.event_data_bytes_max);
    if (!trigger) {
        refuse(reply, trigger.error());
        return;
    }
    if (const auto allowed = check_not_reserved(*call.app, trigger->channels); !allowed) {
        refuse(reply, allowed.error());
        return;
    }
    trigger->info.subscription_count &= call.app->limits.has_subscription_counts;
    std::vector<Publication> publications;
    append_publications(*call.app, *trigger, publications);
    if (!trigger->info.any()) {
        publish_all(hub_, std::move(publications), [reply = std::move(reply)](bool is_done) {
            is_done ? reply({.body = "{}"}) : refuse(reply, overloaded());
        });
        return;
    }
    publish_all(
        hub_,
        std::move(publications),
        [this, app = call.app, trigger = *std::move(trigger), reply = std::move(reply)](bool is_done
        ) {
            if (!is_done) {
                refuse(reply, overloaded());
                return;
            }
            describe_all(
                hub_,
                *app,
                trigger.channels,
                [info = trigger.info, reply](const std::vector<NamedState>& channels) {
                    reply({.body = pusher_api::channels_document(channels, info)});
                }
            );
        }
    );
}

void PusherApi::trigger_batch(const RequestContext& call, protocol::HttpReply reply) {
    auto batch = pusher_api::decode_batch(call.request.body, call.app->limits.event_data_bytes_max);
    if (!batch) {
        refuse(reply, batch.error());
        return;
    }
    std::vector<Publication> publications;
    std::vector<std::string> names;
    std::vector<Attributes> infos;
    bool is_asked = false;
    for (Trigger& trigger : *batch) {
        if (const auto allowed = check_not_reserved(*call.app, trigger.channels); !allowed) {
            refuse(reply, allowed.error());
            return;
        }
        is_asked |= trigger.info.any();
        trigger.info.subscription_count &= call.app->limits.has_subscription_counts;
        infos.push_back(trigger.info);
        names.push_back(trigger.channels.front());
        append_publications(*call.app, trigger, publications);
    }
    publish_all(
        hub_,
        std::move(publications),
        [this,
         is_asked,
         app = call.app,
         names = std::move(names),
         infos = std::move(infos),
         reply = std::move(reply)](bool is_done) {
            if (!is_done) {
                refuse(reply, overloaded());
                return;
            }
            if (!is_asked) {
                reply({.body = "{}"});
                return;
            }
            describe_all(hub_, *app, names, [infos, reply](std::vector<NamedState> channels) {
                std::vector<pusher_api::BatchItem> items;
                for (std::size_t i = 0; i < channels.size(); ++i) {
                    items.push_back({.channel = std::move(channels[i]), .info = infos[i]});
                }
                reply({.body = pusher_api::batch_document(items)});
            });
        }
    );
}

void PusherApi::list_channels(const RequestContext& call, protocol::HttpReply reply) {
    Attributes info = call.info();
    const std::string_view* given = call.query.find("filter_by_prefix");
    const std::string prefix{given == nullptr ? std::string_view{} : *given};
    if (info.user_count && !prefix.starts_with("presence-")) {
        refuse(
            reply,
            bad_request("When requesting user_count, filter_by_prefix must begin with 'presence-'")
        );
        return;
    }
    // Not offered here.
    info.subscription_count = false;
    const auto is_wanted = [app = call.app, prefix](std::string_view key) {
        if (app_prefix_of(key) != app->key_prefix || is_user_channel(key)) {
            return false;
        }
        return pusher_name_of(key).starts_with(prefix);
    };
    hub_.list_occupied(
        is_wanted,
        [info, reply = std::move(reply)](std::vector<ChannelState> states) {
            std::vector<NamedState> channels;
            channels.reserve(states.size());
            for (ChannelState& state : states) {
                std::string name = pusher_name_of(state.channel);
                channels.push_back({.name = std::move(name), .state = std::move(state)});
            }
            reply({.body = pusher_api::channels_document(channels, info)});
        }
    );
}

void PusherApi::show_channel(
    const RequestContext& call, const std::string& name, protocol::HttpReply reply
) {
    const Attributes info = call.info();
    if (info.user_count && protocol::pusher_kind(name) != ChannelKind::kPresence) {
        refuse(
            reply,
            bad_request(
                "Cannot retrieve the user count because " + name + " is not a presence channel"
            )
        );
        return;
    }
    if (info.subscription_count && !call.app->limits.has_subscription_counts) {
        refuse(
            reply,
            bad_request("Cannot retrieve the subscription count because subscription counting is "
                        "not enabled")
        );
        return;
    }
    if (info.cache && !protocol::is_pusher_cache_channel(name)) {
        refuse(
            reply,
            bad_request("Cannot retrieve the cache because " + name + " is not a cache channel")
        );
        return;
    }
    hub_.describe(
        hub_key_of(*call.app, name),
        [name, info, reply = std::move(reply)](ChannelState state) {
            const NamedState channel{.name = name, .state = std::move(state)};
            reply({.body = pusher_api::channel_document(channel, info)});
        }
    );
}

void PusherApi::list_users(
    const RequestContext& call, const std::string& name, protocol::HttpReply reply
) {
    if (protocol::pusher_kind(name) != ChannelKind::kPresence) {
        refuse(
            reply, bad_request("Users can only be retrieved for presence channels, not " + name)
        );
        return;
    }
    if (call.query.find("info") != nullptr) {
        refuse(reply, bad_request("The following query string parameters are extraneous: info"));
        return;
    }
    hub_.read_memberships(
        hub_key_of(*call.app, name),
        [reply = std::move(reply)](const std::vector<Presence::Membership>& memberships) {
            reply({.body = pusher_api::users_document(memberships)});
        }
    );
}

void PusherApi::terminate(
    const RequestContext& call, const std::string& user, protocol::HttpReply reply
) {
    hub_.publish(
        termination_of(call.app->key_prefix, user),
        [reply = std::move(reply)](bool is_done) {
            is_done ? reply({.body = "{}"}) : refuse(reply, overloaded());
        }
    );
}

}  // namespace orderpush::realtime
