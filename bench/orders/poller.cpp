#include "bench/orders/poller.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <system_error>

namespace orderpush::bench {
namespace {

constexpr std::uint32_t kAlarmToken = std::numeric_limits<std::uint32_t>::max();
constexpr int kPatienceMs = 10'000;

void check(int result, const char* what) {
    if (result < 0) {
        throw std::system_error(errno, std::generic_category(), what);
    }
}

}  // namespace

Poller::Poller()
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      alarm_(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)) {
    check(epoll_.get(), "epoll_create1");
    check(alarm_.get(), "timerfd_create");
    watch(alarm_.get(), kAlarmToken);
}

void Poller::watch(int fd, std::uint32_t token) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u32 = token;
    check(::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
}

void Poller::set_alarm(Moment at) {
    // steady_clock is CLOCK_MONOTONIC here; setting a timer anew also takes back that it rang.
    constexpr std::int64_t kSecond = 1'000'000'000;
    const std::int64_t since_boot =
        std::max<std::int64_t>(std::chrono::nanoseconds{at.time_since_epoch()}.count(), 1);
    itimerspec alarm{};
    alarm.it_value.tv_sec = since_boot / kSecond;
    alarm.it_value.tv_nsec = since_boot % kSecond;
    check(::timerfd_settime(alarm_.get(), TFD_TIMER_ABSTIME, &alarm, nullptr), "timerfd_settime");
}

const std::vector<std::uint32_t>& Poller::wait() {
    std::array<epoll_event, 64> events{};
    const int count =
        ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), kPatienceMs);
    check(count, "epoll_wait");
    ready_.clear();
    for (int i = 0; i < count; ++i) {
        const std::uint32_t token = events[static_cast<std::size_t>(i)].data.u32;
        if (token != kAlarmToken) {
            ready_.push_back(token);
        }
    }
    return ready_;
}

}  // namespace orderpush::bench
