#include "base/observability/log_writer.hpp"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <string>
#include <unistd.h>
#include <utility>

namespace orderpush::log {
namespace {

using namespace std::chrono_literals;

/// Longer than any machine takes.
constexpr auto kLong = 30s;

/// A pipe that is read only when asked for.
class Pipe {
  public:
    Pipe() {
        EXPECT_EQ(::pipe(ends_.data()), 0);
        // A failed write is to be an error, not a signal.
        std::signal(SIGPIPE, SIG_IGN);
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    ~Pipe() {
        close_reader();
        ::close(ends_[1]);
    }

    int writer() const { return ends_[1]; }
    void close_reader() {
        if (const int end = std::exchange(ends_[0], -1); end >= 0) {
            ::close(end);
        }
    }
    /// Until `text` has come, which it then ends with.
    std::string read_until(const std::string& text) const {
        std::string read;
        std::array<char, 65'536> chunk{};
        while (read.find(text) == std::string::npos) {
            const auto count = ::read(ends_[0], chunk.data(), chunk.size());
            if (count <= 0) {
                ADD_FAILURE() << "the pipe ended";
                break;
            }
            read.append(chunk.data(), static_cast<std::size_t>(count));
        }
        return read;
    }

  private:
    std::array<int, 2> ends_{};
};

LogWriterOptions to(const Pipe& pipe, std::size_t bytes_max = 200'000) {
    return {.descriptor = pipe.writer(), .bytes_max = bytes_max, .notice = [](std::uint64_t lines) {
                return "dropped " + std::to_string(lines);
            }};
}

/// Far more than a pipe and the writer take.
std::uint64_t overfill(LogWriter& writer) {
    const std::string line(999, 'x');
    constexpr int kLines = 1'000;
    for (int i = 0; i < kLines; ++i) {
        writer.write(line);
    }
    return writer.dropped_lines();
}

TEST(LogWriterTest, WritesLinesInOrder) {
    const Pipe pipe;
    LogWriter writer{to(pipe)};
    writer.write("one");
    writer.write("two");
    EXPECT_TRUE(writer.flush(kLong));
    EXPECT_EQ(pipe.read_until("two\n"), "one\ntwo\n");
}

TEST(LogWriterTest, APipeThatNobodyReadsHoldsUpNobody) {
    const Pipe pipe;
    LogWriter writer{to(pipe)};
    const std::uint64_t dropped = overfill(writer);
    EXPECT_GT(dropped, 500U);
    EXPECT_LT(dropped, 900U) << "it keeps what it may";
    EXPECT_FALSE(writer.flush(1ms));
}

TEST(LogWriterTest, SaysHowManyLinesWereDroppedOnceItIsRead) {
    const Pipe pipe;
    LogWriter writer{to(pipe)};
    const std::uint64_t dropped = overfill(writer);
    const std::string notice = "dropped " + std::to_string(dropped) + "\n";
    pipe.read_until(notice);
    writer.write("after");
    pipe.read_until("after\n");
    EXPECT_TRUE(writer.flush(kLong));
    EXPECT_EQ(writer.dropped_lines(), dropped);
}

TEST(LogWriterTest, ADescriptorThatDoesNotBlockGetsAllOfIt) {
    const Pipe pipe;
    ASSERT_EQ(::fcntl(pipe.writer(), F_SETFL, O_NONBLOCK), 0);
    LogWriter writer{to(pipe)};
    for (int i = 0; i < 150; ++i) {
        writer.write(std::string(999, 'x'));
    }
    writer.write("end");
    const std::string read = pipe.read_until("end\n");
    EXPECT_EQ(read.size(), 150'004U);
    EXPECT_EQ(writer.dropped_lines(), 0U);
}

TEST(LogWriterTest, WritesLinesLongerThanAPipesPieceWhole) {
    const Pipe pipe;
    LogWriter writer{to(pipe)};
    writer.write("short");
    writer.write(std::string(50'000, 'l'));
    writer.write("end");
    EXPECT_EQ(pipe.read_until("end\n"), "short\n" + std::string(50'000, 'l') + "\nend\n");
}

TEST(LogWriterTest, CountsWhatAClosedPipeDoesNotTake) {
    Pipe pipe;
    LogWriter writer{to(pipe)};
    pipe.close_reader();
    writer.write("one");
    EXPECT_TRUE(writer.flush(kLong));
    EXPECT_EQ(writer.dropped_lines(), 1U);
}

TEST(LogWriterTest, EndsWhileNobodyReads) {
    const Pipe pipe;
    LogWriter writer{to(pipe)};
    EXPECT_GT(overfill(writer), 0U);
}

}  // namespace
}  // namespace orderpush::log
