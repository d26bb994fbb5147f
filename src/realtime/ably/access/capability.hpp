#pragma once

#include "realtime/ably/messages/error_info.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush::realtime::ably {

/// What a key or token may allow (Ably, "Capabilities").
enum class Operation : std::uint8_t {
    kAnnotationPublish,
    kAnnotationSubscribe,
    kChannelMetadata,
    kHistory,
    kMessageDeleteAny,
    kMessageDeleteOwn,
    kMessageUpdateAny,
    kMessageUpdateOwn,
    kObjectPublish,
    kObjectSubscribe,
    kPresence,
    kPrivilegedHeaders,
    kPublish,
    kPushAdmin,
    kPushSubscribe,
    kStats,
    kSubscribe,
};

/// Which operations are allowed on which resources. Immutable; any thread. Names are compared byte
/// for byte: neither case nor Unicode's forms are folded.
class Capability {
  public:
    /// Of the text, in bytes, and of its resources.
    static constexpr std::size_t kTextBytesMax = 16 * 1024;
    static constexpr std::size_t kResourcesMax = 200;

    /// Of nothing.
    Capability() = default;
    /// {"[*]*":["*"]}
    static Capability everything();
    /// Of a JSON object of resources to lists of operations; 40000 for anything else, a resource
    /// that is there twice included.
    static Checked<Capability> parse(std::string_view text);

    /// `name` is a channel's with its qualifier and parameters, as the client has it
    /// ("[meta]log", "[?rewind=1]room:1"). What is asked of no channel, as kStats, is asked of "*".
    bool allows(Operation operation, std::string_view name) const;
    /// Whether anything is allowed on it.
    bool is_for(std::string_view name) const;
    /// Whether there is any channel on which it is allowed.
    bool allows_somewhere(Operation operation) const;
    /// What both allow: of two resources of which one covers the other the narrower, with the
    /// operations that both have.
    Capability intersected_with(const Capability& other) const;
    bool is_empty() const noexcept { return grants_.empty(); }
    /// In Ably's canonical form: resources and operations sorted, no spaces.
    std::string to_string() const;

    bool operator==(const Capability&) const = default;

  private:
    using Operations = std::uint32_t;
    /// "[qualifier]segment:segment"
    struct Grant {
        std::string resource;
        Operations operations = 0;
        bool operator==(const Grant&) const = default;
    };
    void add(std::string resource, Operations operations);

    /// By resource, each once.
    std::vector<Grant> grants_;
};

}  // namespace orderpush::realtime::ably
