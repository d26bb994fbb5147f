#include "realtime/sockets/protocol_registry.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

namespace orderpush::realtime {
namespace {

/// Serves one path.
class PathProtocol final : public Protocol {
  public:
    explicit PathProtocol(std::string path) : path_(std::move(path)) {}

    bool serves(std::string_view path) const noexcept override { return path == path_; }
    Opening open(const UpgradeRequest&, const ClientContext&) const override {
        return Refusal{CloseCode::kPathNotFound, path_};
    }
    std::optional<Frame> encode(const ChannelMessage&) const override { return {}; }
    std::optional<Frame> encode(std::string_view, const MemberChange&) const override { return {}; }

  private:
    const std::string path_;
};

TEST(ProtocolRegistryTest, FindsTheFirstProtocolThatServesThePath) {
    const PathProtocol first{"/first"};
    const PathProtocol second{"/second"};
    const PathProtocol shadowed{"/second"};
    const ProtocolRegistry protocols{first, second, shadowed};
    EXPECT_EQ(&protocols.at("/first"), &first);
    EXPECT_EQ(&protocols.at("/second"), &second);
}

TEST(ProtocolRegistryTest, LeavesUnknownPathsToTheFirstOfAll) {
    const PathProtocol first{"/first"};
    const PathProtocol second{"/second"};
    const ProtocolRegistry protocols{first, second};
    EXPECT_EQ(&protocols.at("/third"), &first);
    EXPECT_EQ(&protocols.at(""), &first);
}

}  // namespace
}  // namespace orderpush::realtime
