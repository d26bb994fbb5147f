#include "main/service/platform.hpp"

#include "main/metrics/service_metrics.hpp"

#include <utility>

namespace orderpush {

Platform::Platform(Settings given)
    : settings(std::move(given)),
      metrics(usecases::figures_table(metric_labels(settings))),
      keyring(settings.jwt_keys) {}

}  // namespace orderpush
