#include "realtime/cluster/cluster_message.hpp"

#include "tests/support/sequential_ids.hpp"

#include <gtest/gtest.h>

namespace orderpush::realtime {
namespace {

template <class Message>
Message there_and_back(const Message& message) {
    const auto line = encode_cluster_message(message);
    EXPECT_TRUE(line);
    EXPECT_EQ(line->find_first_of(std::string_view{"\n\0", 2}), std::string::npos);
    const auto decoded = decode_cluster_message(*line);
    EXPECT_TRUE(decoded && std::holds_alternative<Message>(*decoded)) << *line;
    return std::get<Message>(decoded.value());
}

TEST(ClusterMessageTest, CarriesAPublicationWhole) {
    test::SequentialIds ids;
    const Publication publication{
        .channel = "presence-room",
        .event = "client-typing",
        .data = std::string{"line\nbreak \0 nul \"quote\" ünï", 30},
        .excluded = SocketId{4711, 90125},
        .revokes_session = ids.make<SessionId>(),
        .is_from_client = true,
        .user_id = "ann",
        .is_termination = true};
    const auto copy = there_and_back(publication);
    EXPECT_EQ(copy.channel, publication.channel);
    EXPECT_EQ(copy.event, publication.event);
    EXPECT_EQ(copy.data, publication.data);
    EXPECT_EQ(copy.excluded, publication.excluded);
    EXPECT_EQ(copy.revokes_session, publication.revokes_session);
    EXPECT_TRUE(copy.is_from_client);
    EXPECT_EQ(copy.user_id, publication.user_id);
    EXPECT_TRUE(copy.is_termination);
}

TEST(ClusterMessageTest, APlainPublicationHasNothingElse) {
    const auto copy = there_and_back(Publication{.channel = "a", .event = "e", .data = "{}"});
    EXPECT_FALSE(copy.excluded);
    EXPECT_FALSE(copy.revokes_session);
    EXPECT_FALSE(copy.is_from_client);
    EXPECT_FALSE(copy.user_id);
    EXPECT_FALSE(copy.is_termination);
}

TEST(ClusterMessageTest, CarriesAState) {
    const RemoteState state{
        .asks = true,
        .begins = true,
        .counts = {{"news", 7}},
        .memberships =
            {{.channel = "room",
              .membership =
                  {.member = {"ann", R"({"name":"Ann"})"},
                   .since = Timestamp{std::chrono::milliseconds{12}},
                   .connections = 2},
              .is_gone = true}},
        .ends = true};
    const auto copy = there_and_back(state);
    EXPECT_TRUE(copy.asks && copy.begins && copy.ends);
    ASSERT_EQ(copy.counts.size(), 1U);
    EXPECT_EQ(copy.counts[0].channel, "news");
    EXPECT_EQ(copy.counts[0].subscribers, 7U);
    ASSERT_EQ(copy.memberships.size(), 1U);
    EXPECT_EQ(copy.memberships[0].channel, "room");
    EXPECT_EQ(copy.memberships[0].membership.member, state.memberships[0].membership.member);
    EXPECT_EQ(copy.memberships[0].membership.since, state.memberships[0].membership.since);
    EXPECT_EQ(copy.memberships[0].membership.connections, 2U);
    EXPECT_TRUE(copy.memberships[0].is_gone);
}

TEST(ClusterMessageTest, RefusesWhatIsNotUtf8) {
    EXPECT_FALSE(encode_cluster_message(Publication{.channel = "a", .event = "e", .data = "\xff"}));
}

TEST(ClusterMessageTest, KnowsNothingElse) {
    for (const char* line :
         {"",
          "x",
          "[]",
          "{}",
          R"({"t":1})",
          R"({"t":"later"})",
          R"({"t":"p","c":"a"})",
          R"({"t":"p","c":1,"e":"e","d":"d"})",
          R"({"t":"s","q":false,"b":true,"c":[["a"]],"m":[],"z":true})"}) {
        EXPECT_FALSE(decode_cluster_message(line)) << line;
    }
}

}  // namespace
}  // namespace orderpush::realtime
