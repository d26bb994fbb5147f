#pragma once

#include "base/guarded.hpp"
#include "core/pusher_apps/pusher_app.hpp"
#include "protocol/pusher_signature.hpp"
#include "realtime/pusher/pusher_app_options.hpp"

#include <atomic>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush::realtime {

/// An application of the built-in server, as those who serve it need it. Immutable but for the
/// count; any thread.
struct App {
    HostedApp settings;
    protocol::PusherApp credentials;
    PusherAppOptions limits;
    /// What the hub's keys of its channels and users begin with: nothing for the default
    /// application, whose channels are the restaurant's, "{id}/" for any other. No channel name has
    /// a slash, so applications never meet.
    std::string key_prefix;
    /// Connections of the application; survives a change of its settings.
    std::shared_ptr<std::atomic<std::size_t>> connections;

    bool is_default() const noexcept { return key_prefix.empty(); }
};

using AppPtr = std::shared_ptr<const App>;

/// One connection's place among those of its application, for as long as it lives.
class AppSlot {
  public:
    /// Takes a place, if there is one.
    explicit AppSlot(AppPtr app);
    AppSlot(AppSlot&& other) noexcept = default;
    AppSlot& operator=(AppSlot&&) = delete;
    AppSlot(const AppSlot&) = delete;
    AppSlot& operator=(const AppSlot&) = delete;
    ~AppSlot();

    /// False: the application has as many connections as it may have.
    bool is_taken() const noexcept { return app_ != nullptr; }
    /// Requires is_taken().
    const App& app() const noexcept { return *app_; }

  private:
    AppPtr app_;
};

/// The applications, by key and by id. Any thread; what it returns stays as it is, whatever
/// changes meanwhile.
class AppTable {
  public:
    /// The default application is there for good, with these limits; those of
    /// further ones are the same where their settings do not say.
    explicit AppTable(HostedApp default_app, const PusherAppOptions& limits = {});

    /// Null if there is none.
    AppPtr by_key(std::string_view key) const;
    AppPtr by_id(std::string_view id) const;
    /// The application whose channel has that key in the hub.
    AppPtr of_key(std::string_view hub_key) const;
    AppPtr default_app() const { return default_app_; }
    /// The default one first, the others by id.
    std::vector<AppPtr> all() const;

    /// Replaces all but the default one. One whose id or key is another's already is left out; how
    /// many were.
    std::size_t set_further(std::vector<HostedApp> apps);

  private:
    struct Table {
        std::map<std::string, AppPtr, std::less<>> by_id;
        std::map<std::string, AppPtr, std::less<>> by_key;
    };
    std::shared_ptr<const Table> table() const;

    const PusherAppOptions limits_;
    const AppPtr default_app_;
    Guarded<std::shared_ptr<const Table>> table_{std::make_shared<const Table>()};
};

/// The hub's key of a channel as Pusher clients of that application spell it.
std::string hub_key_of(const App& app, std::string_view pusher_name);
/// Whether it is one of the restaurant's, on which only the service publishes.
bool is_reserved(const App& app, std::string_view pusher_name);

}  // namespace orderpush::realtime
