#include "tests/support/cluster/memory_cluster.hpp"

#include <string_view>
#include <utility>

namespace orderpush::test {
namespace {

std::vector<std::string_view> views_of(const std::vector<std::string>& texts) {
    return {texts.begin(), texts.end()};
}

}  // namespace

bool MemoryCluster::append(const InstanceId& origin, std::vector<BrokerMessage> messages) {
    const std::scoped_lock lock{mutex_};
    if (is_cut_) {
        return false;
    }
    Entry entry{.origin = origin, .bodies = {}};
    for (BrokerMessage& message : messages) {
        if (message.kept_as) {
            kept_[*message.kept_as] = message.body;
        }
        entry.bodies.push_back(std::move(message.body));
    }
    entries_.push_back(std::move(entry));
    appended_.notify_all();
    return true;
}

std::vector<MemoryCluster::Entry> MemoryCluster::read(
    std::size_t place, const std::stop_token& stop
) {
    std::unique_lock lock{mutex_};
    appended_.wait(lock, stop, [&] { return entries_.size() > place; });
    if (stop.stop_requested()) {
        return {};
    }
    return {entries_.begin() + static_cast<std::ptrdiff_t>(place), entries_.end()};
}

std::size_t MemoryCluster::end() const {
    const std::scoped_lock lock{mutex_};
    return entries_.size();
}

std::vector<std::string> MemoryCluster::kept() const {
    const std::scoped_lock lock{mutex_};
    std::vector<std::string> bodies;
    for (const auto& [name, body] : kept_) {
        bodies.push_back(body);
    }
    return bodies;
}

void MemoryCluster::set_cut(bool is_cut) {
    const std::scoped_lock lock{mutex_};
    is_cut_ = is_cut;
}

void MemoryBroker::start(BrokerHandler& handler) {
    const std::size_t end = cluster_.end();
    {
        const std::scoped_lock lock{mutex_};
        is_started_ = true;
    }
    thread_ = std::jthread{[this, &handler, end](const std::stop_token& stop) {
        std::size_t place = end;
        const auto kept = cluster_.kept();
        if (!kept.empty()) {
            handler.on_messages({}, views_of(kept));
        }
        handler.on_gap();
        while (!stop.stop_requested()) {
            for (const auto& entry : cluster_.read(place, stop)) {
                handler.on_messages(entry.origin, views_of(entry.bodies));
                ++place;
            }
        }
    }};
}

void MemoryBroker::publish(std::vector<BrokerMessage> messages, Completion completion) {
    const bool is_published = [&] {
        const std::scoped_lock lock{mutex_};
        return is_started_ && cluster_.append(instance_, std::move(messages));
    }();
    completion(is_published);
}

void MemoryBroker::stop(Deadline) {
    {
        const std::scoped_lock lock{mutex_};
        is_started_ = false;
    }
    thread_ = {};  // requests the stop and joins
}

}  // namespace orderpush::test
