#include "base/observability/metrics.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <stdexcept>

namespace orderpush::metrics {
namespace {

template <class Metric>
prometheus::Family<Metric>* build(
    prometheus::detail::Builder<Metric> builder,
    const Definition& definition,
    prometheus::Registry& registry
) {
    return &builder.Name(definition.name).Help(definition.help).Register(registry);
}

/// One of the three.
struct Family {
    const Definition* definition = nullptr;
    prometheus::Family<prometheus::Counter>* counters = nullptr;
    prometheus::Family<prometheus::Gauge>* gauges = nullptr;
    prometheus::Family<prometheus::Histogram>* histograms = nullptr;
};

prometheus::Labels checked_labels(const Definition& definition, Registry::LabelValues values) {
    if (values.size() != definition.labels.size()) {
        throw std::logic_error("not one value per label of " + definition.name);
    }
    prometheus::Labels labels;
    const auto* value = values.begin();
    for (const Label& label : definition.labels) {
        if (std::ranges::find(label.values, *value) == label.values.end()) {
            throw std::logic_error(
                "no value of " + definition.name + "'s " + label.name + ": " + std::string{*value}
            );
        }
        labels.emplace(label.name, *value++);
    }
    return labels;
}

}  // namespace

struct Registry::Parts {
    explicit Parts(std::vector<Definition> given) : definitions(std::move(given)) {
        for (const Definition& definition : definitions) {
            Family family{.definition = &definition};
            switch (definition.kind) {
                case Kind::kCounter:
                    family.counters = build(prometheus::BuildCounter(), definition, registry);
                    break;
                case Kind::kGauge:
                    family.gauges = build(prometheus::BuildGauge(), definition, registry);
                    break;
                case Kind::kHistogram:
                    family.histograms = build(prometheus::BuildHistogram(), definition, registry);
                    break;
            }
            if (!families.emplace(definition.name, family).second) {
                throw std::logic_error("two metrics are called " + definition.name);
            }
        }
    }

    const Family& family(std::string_view name, Kind kind) const {
        const auto found = families.find(name);
        if (found == families.end() || found->second.definition->kind != kind) {
            throw std::logic_error("no figure of this kind and name: " + std::string{name});
        }
        return found->second;
    }

    const std::vector<Definition> definitions;
    prometheus::Registry registry;
    std::map<std::string_view, Family> families;
    std::vector<std::function<void()>> collectors;
    /// One text() at a time.
    std::mutex scraping;
};

void Counter::add(double amount) const noexcept {
    if (metric_ != nullptr) {
        metric_->Increment(amount);
    }
}

void Counter::raise_to(double total) const noexcept {
    if (metric_ != nullptr) {
        metric_->Increment(std::max(0.0, total - metric_->Value()));
    }
}

void Gauge::set(double value) const noexcept {
    if (metric_ != nullptr) {
        metric_->Set(value);
    }
}

void Histogram::observe(double value) const {
    if (metric_ != nullptr) {
        metric_->Observe(value);
    }
}

Registry::Registry(std::vector<Definition> definitions)
    : parts_(std::make_unique<Parts>(std::move(definitions))) {}

Registry::~Registry() = default;

Counter Registry::counter(std::string_view name, LabelValues values) {
    const Family& family = parts_->family(name, Kind::kCounter);
    return Counter{family.counters->Add(checked_labels(*family.definition, values))};
}

Gauge Registry::gauge(std::string_view name, LabelValues values) {
    const Family& family = parts_->family(name, Kind::kGauge);
    return Gauge{family.gauges->Add(checked_labels(*family.definition, values))};
}

Histogram Registry::histogram(std::string_view name, LabelValues values) {
    const Family& family = parts_->family(name, Kind::kHistogram);
    return Histogram{family.histograms->Add(
        checked_labels(*family.definition, values), family.definition->bounds
    )};
}

void Registry::on_scrape(std::function<void()> collect) {
    parts_->collectors.push_back(std::move(collect));
}

std::string Registry::text() {
    const std::scoped_lock lock{parts_->scraping};
    for (const auto& collect : parts_->collectors) {
        collect();
    }
    return prometheus::TextSerializer{}.Serialize(parts_->registry.Collect());
}

const std::vector<Label>& Registry::labels_of(std::string_view name) const {
    const auto found = parts_->families.find(name);
    if (found == parts_->families.end()) {
        throw std::logic_error("no figure of this name: " + std::string{name});
    }
    return found->second.definition->labels;
}

const std::vector<Definition>& Registry::definitions() const noexcept {
    return parts_->definitions;
}

}  // namespace orderpush::metrics
