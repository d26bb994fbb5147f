#include "base/observability/metrics.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace orderpush::metrics {
namespace {

class MetricsTest : public testing::Test {
  protected:
    bool shows(const std::string& line) {
        return ("\n" + registry_.text()).find("\n" + line + "\n") != std::string::npos;
    }

    Registry registry_{{
        {"test_requests_total", Kind::kCounter, "Requests.", {{"kind", {"one", "two"}}}},
        {"test_depth", Kind::kGauge, "Depth."},
        {"test_taken_seconds", Kind::kHistogram, "Time.", {}, {0.1, 1}},
    }};
};

TEST_F(MetricsTest, FiguresAreShownWithNameHelpAndKind) {
    registry_.gauge("test_depth").set(3);
    EXPECT_TRUE(shows("# HELP test_depth Depth."));
    EXPECT_TRUE(shows("# TYPE test_depth gauge"));
    EXPECT_TRUE(shows("test_depth 3"));
}

TEST_F(MetricsTest, FiguresThatNobodyTookAreAbsent) {
    EXPECT_EQ(registry_.text().find("\ntest_depth"), std::string::npos);
}

TEST_F(MetricsTest, HandlesOfOneFigureCountTogether) {
    registry_.counter("test_requests_total", {"one"}).add();
    registry_.counter("test_requests_total", {"one"}).add(2);
    registry_.counter("test_requests_total", {"two"}).add();
    EXPECT_TRUE(shows("test_requests_total{kind=\"one\"} 3"));
    EXPECT_TRUE(shows("test_requests_total{kind=\"two\"} 1"));
}

TEST_F(MetricsTest, HistogramsCountBelowEachBound) {
    const Histogram taken = registry_.histogram("test_taken_seconds");
    taken.observe(0.05);
    taken.observe(0.5);
    taken.observe(7);
    EXPECT_TRUE(shows("test_taken_seconds_bucket{le=\"0.1\"} 1"));
    EXPECT_TRUE(shows("test_taken_seconds_bucket{le=\"1\"} 2"));
    EXPECT_TRUE(shows("test_taken_seconds_bucket{le=\"+Inf\"} 3"));
    EXPECT_TRUE(shows("test_taken_seconds_count 3"));
}

TEST_F(MetricsTest, ATotalOfSomebodyElseNeverGoesBack) {
    const Counter counter = registry_.counter("test_requests_total", {"one"});
    counter.raise_to(5);
    counter.raise_to(4);
    EXPECT_TRUE(shows("test_requests_total{kind=\"one\"} 5"));
    counter.raise_to(9);
    EXPECT_TRUE(shows("test_requests_total{kind=\"one\"} 9"));
}

TEST_F(MetricsTest, CollectorsRunBeforeEachText) {
    int asked = 0;
    registry_.on_scrape([&] { registry_.gauge("test_depth").set(++asked); });
    EXPECT_TRUE(shows("test_depth 1"));
    EXPECT_TRUE(shows("test_depth 2"));
}

TEST_F(MetricsTest, WhatIsNotDefinedIsRefused) {
    EXPECT_THROW(registry_.counter("test_requests_total", {"three"}), std::logic_error);
    EXPECT_THROW(registry_.counter("test_requests_total"), std::logic_error);
    EXPECT_THROW(registry_.counter("test_unknown_total"), std::logic_error);
    EXPECT_THROW(registry_.gauge("test_requests_total", {"one"}), std::logic_error);
}

TEST_F(MetricsTest, NamesAreDefinedOnce) {
    const Definition depth{"test_depth", Kind::kGauge, "Depth."};
    EXPECT_THROW(Registry({depth, depth}), std::logic_error);
}

TEST(MetricHandlesTest, WithoutARegistryNothingIsCounted) {
    Counter{}.add();
    Counter{}.raise_to(1);
    Gauge{}.set(1);
    Histogram{}.observe(1);
}

}  // namespace
}  // namespace orderpush::metrics
