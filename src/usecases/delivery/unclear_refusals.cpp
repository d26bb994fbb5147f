#include "usecases/delivery/unclear_refusals.hpp"

namespace orderpush::usecases {

UnclearRefusals::Verdict UnclearRefusals::refused(const OutboxEntry& entry, Deadline now) {
    const std::pair key{entry.channel, entry.seq};
    if (records_.size() >= options_.entries_max && !records_.contains(key)) {
        records_.clear();
    }
    const auto [found, is_new] = records_.try_emplace(key, Record{.deliveries_seen = deliveries_});
    Record& record = found->second;
    if (is_new || deliveries_ == record.deliveries_seen) {
        return record.count > 0 ? Verdict::kSingledOut : Verdict::kUnknown;
    }
    record.deliveries_seen = deliveries_;
    if (++record.count == 1) {
        record.since = now;
    }
    const bool is_enough =
        record.count >= options_.refusals_max && now - record.since >= options_.shortest;
    return is_enough ? Verdict::kGivenUp : Verdict::kSingledOut;
}

void UnclearRefusals::settled(const OutboxEntry& entry) {
    if (!records_.empty()) {
        records_.erase({entry.channel, entry.seq});
    }
}

}  // namespace orderpush::usecases
