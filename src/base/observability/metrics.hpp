#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
}  // namespace prometheus

/// Metrics for whoever watches the service, in the words of Prometheus. A name has its unit at its
/// end, `_total` behind it for counters; each label has a closed set of values.
namespace orderpush::metrics {

enum class Kind { kCounter, kGauge, kHistogram };

struct Label {
    std::string name;
    /// All that it can be.
    std::vector<std::string> values;
};

/// One name, as a reader of /metrics meets it.
struct Definition {
    std::string name;
    Kind kind = Kind::kCounter;
    std::string help;
    std::vector<Label> labels = {};
    /// Of a histogram: the upper bounds of its buckets, ascending.
    std::vector<double> bounds = {};
};

/// The handles below belong to their registry, which outlives them; one made without a registry
/// counts nothing. Any thread, several at once; never blocks for long.
class Counter {
  public:
    Counter() = default;
    explicit Counter(prometheus::Counter& metric) : metric_(&metric) {}

    void add(double amount = 1) const noexcept;
    /// To what somebody else counted: for those who keep a total of their own. One thread at a
    /// time, as those of Registry::on_scrape() are. Less than before changes nothing.
    void raise_to(double total) const noexcept;

  private:
    prometheus::Counter* metric_ = nullptr;
};

class Gauge {
  public:
    Gauge() = default;
    explicit Gauge(prometheus::Gauge& metric) : metric_(&metric) {}

    void set(double value) const noexcept;

  private:
    prometheus::Gauge* metric_ = nullptr;
};

class Histogram {
  public:
    Histogram() = default;
    explicit Histogram(prometheus::Histogram& metric) : metric_(&metric) {}

    void observe(double value) const;

  private:
    prometheus::Histogram* metric_ = nullptr;
};

/// The metrics of one process. Any thread.
class Registry {
  public:
    using LabelValues = std::initializer_list<std::string_view>;

    explicit Registry(std::vector<Definition> definitions);
    Registry(const Registry&) = delete;
    Registry& operator=(const Registry&) = delete;
    ~Registry();

    /// The figure of that name with these values, in the order of its labels; shown from now on.
    /// Takes a lock and searches: what counts often keeps the handle. Throws std::logic_error for
    /// what no definition knows, so that no id and no client's word ever gets into a label.
    Counter counter(std::string_view name, LabelValues values = {});
    Gauge gauge(std::string_view name, LabelValues values = {});
    Histogram histogram(std::string_view name, LabelValues values = {});

    /// Has `collect` bring metrics up to date before each text(), one at a time. It may block, with
    /// a deadline. Before the first text(); what it reads outlives the last.
    void on_scrape(std::function<void()> collect);
    /// The Prometheus text format, version 0.0.4.
    std::string text();

    const std::vector<Definition>& definitions() const noexcept;
    /// Of the figure of that name; throws std::logic_error if there is none.
    const std::vector<Label>& labels_of(std::string_view name) const;

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

/// Content-Type of Registry::text().
inline constexpr std::string_view kTextFormat = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace orderpush::metrics
